"""Static reading of real sdists, compared with what their build backends say.

    python benchmarks/sdists.py LIST [--work DIR] [--python 3.11] [--torch torch==2.13.0 --find-links DIR]
                                [--no-backend] [NAME ...]

``LIST`` has one sdist a line, ``name==version``; after ``#`` may follow what its backend lacks to be run here:
``with torch numpy`` (distributions that it does not declare) and ``set VARIABLE=value``. Sdists whose PKG-INFO
promises to be static (PEP 643) do not count. Each other one is read, and its backend is run in an environment of its
own; where that fails, the sdist's PKG-INFO takes its place, though nobody promises that it is right. Prints each wrong
answer, why others are not provable, and how many are.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tomli
from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.builds.sources.build_system import read_build_system
from interlock.builds.sources.source_tree import fetch_tree
from interlock.builds.sources.static.facts import Known, StaticMetadata
from interlock.builds.sources.static.reading import read_static
from interlock_hooks.types import Artifact, InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message

UV = Path(sys.executable).with_name("uv")
ASK = """\
import json, os, sys
from pyproject_hooks import BuildBackendHookCaller, quiet_subprocess_runner
what, backend, paths, out = json.loads(sys.argv[1])
hooks = BuildBackendHookCaller(".", backend, paths or None, runner=quiet_subprocess_runner)
found = hooks.get_requires_for_build_wheel() if what == "requires" else hooks.prepare_metadata_for_build_wheel(out)
with open(os.path.join(out, what + ".json"), "w") as file:
    json.dump(found, file)
"""


@dataclass(frozen=True)
class Case:
    """One sdist of a list, and what its backend lacks."""

    name: str
    version: str
    extra: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"


def read_list(path: Path) -> list[Case]:
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        requirement, _, remark = line.partition("#")
        name, _, version = requirement.strip().partition("==")
        if not name:
            continue
        given: dict[str, list[str]] = {"with": [], "set": []}
        words: list[str] = []
        for word in remark.split():
            words = given.get(word, words)
            if word not in given:
                words.append(word)
        cases.append(Case(name, version, tuple(given["with"]), tuple(given["set"])))
    return cases


def find(cases: list[Case], work: Path) -> dict[Case, Artifact]:
    """The sdists, from uv, which is told their metadata so that it asks no backend."""
    found: dict[Case, Artifact] = {}
    while rest := [case for case in cases if case not in found]:
        # Of several versions of a package one at a time.
        found |= find_some(list({case.name: case for case in rest}.values()), work)
    return found


def find_some(cases: list[Case], work: Path) -> dict[Case, Artifact]:
    config, answer = work / "uv.toml", work / "pylock.toml"
    told = '[[dependency-metadata]]\nname = "{}"\nversion = "{}"\nrequires-dist = []\n'
    config.write_text("".join(told.format(each.name, each.version) for each in cases), encoding="utf-8")
    wanted = "".join(f"{each.name}=={each.version}\n" for each in cases)
    command = [UV, "pip", "compile", "-", "--quiet", "--no-deps", "--no-binary", ":all:", "--config-file", config]
    command += ["--format", "pylock.toml", "--output-file", answer, "--python-version", "3.11"]
    subprocess.run(command, input=wanted, text=True, check=True, stdout=subprocess.DEVNULL)
    document = tomli.loads(answer.read_text(encoding="utf-8"))
    sdists = {canonicalize_name(entry["name"]): entry["sdist"] for entry in document["packages"]}
    return {
        case: Artifact(kind="sdist", url=sdist["url"], sha256=sdist["hashes"]["sha256"])
        for case in cases
        if (sdist := sdists[canonicalize_name(case.name)])
    }


# What the metadata says


@dataclass(frozen=True)
class Answer:
    """Metadata as it counts on one interpreter: the requirements without and with each extra."""

    requirements: dict[str, frozenset[str]]
    python: str

    @classmethod
    def of(cls, dist: Iterable[str], extras: Iterable[str], python: str | None, seen: dict[str, str]) -> Answer:
        parsed = [Requirement(text) for text in dist]
        names = {"", *map(canonicalize_name, extras)}
        return cls(
            {extra: frozenset(_bare(each) for each in parsed if _holds(each, extra, seen)) for extra in sorted(names)},
            str(SpecifierSet(python or "")),
        )

    def differences(self, other: Answer) -> list[str]:
        found = [] if self.python == other.python else [f"requires-python {self.python!r}, not {other.python!r}"]
        for extra in sorted(self.requirements.keys() | other.requirements.keys()):
            here, there = self.requirements.get(extra), other.requirements.get(extra)
            if here is None or there is None:
                found.append(f"extra {extra!r} is {'missing' if here is None else 'too much'}")
            elif here != there:
                found.append(f"[{extra}] +{sorted(here - there)} -{sorted(there - here)}")
        return found


def _holds(requirement: Requirement, extra: str, seen: dict[str, str]) -> bool:
    if requirement.marker is None:
        return True
    # An extra goes by its old name, or by the normalised one.
    return requirement.marker.evaluate({**seen, "extra": extra})


def _bare(requirement: Requirement) -> str:
    extras = ",".join(sorted(map(canonicalize_name, requirement.extras)))
    return f"{canonicalize_name(requirement.name)}[{extras}]{requirement.specifier}{requirement.url or ''}"


def proven(found: StaticMetadata, seen: dict[str, str]) -> Answer:
    assert isinstance(found.requires_dist, Known)
    assert isinstance(found.extras, Known)
    assert isinstance(found.requires_python, Known)
    return Answer.of(found.requires_dist.value, found.extras.value, found.requires_python.value, seen)


def written(metadata: Message, seen: dict[str, str]) -> Answer:
    """Metadata from a file; ``Provides-Extra`` names an extra as its author wrote it."""
    dist = metadata.get_all("Requires-Dist") or []
    extras = metadata.get_all("Provides-Extra") or []
    return Answer.of(dist, extras, metadata["Requires-Python"], seen)


def parse(path: Path) -> Message:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)


def is_static(info: Message | None) -> bool:
    """Whether PKG-INFO promises that each wheel has the requirements that it has itself (PEP 643)."""
    if info is None or Version(info["Metadata-Version"] or "1.0") < Version("2.2"):
        return False
    dynamic = {value.strip().lower() for value in info.get_all("Dynamic") or []}
    return not dynamic & {"requires-dist", "requires-python", "provides-extra"}


def tells_requirements(tree: Path, info: Message) -> bool:
    """Whether PKG-INFO has the requirements, which setuptools wrote into a file of their own for years."""
    return bool(info.get_all("Requires-Dist")) or not any(tree.glob("**/*.egg-info/requires.txt"))


# The backend


class Backend:
    """Runs build backends, each in an environment of its own."""

    def __init__(self, python: str, torch: str, find_links: Path | None, work: Path) -> None:
        self.python, self.torch, self.work = python, torch, work
        self.links = [] if find_links is None else ["--find-links", str(find_links)]

    def seen(self) -> dict[str, str]:
        """The values of markers."""
        if self.python == f"{sys.version_info.major}.{sys.version_info.minor}":
            return {key: str(value) for key, value in default_environment().items()}
        python = subprocess.run([UV, "python", "find", self.python], capture_output=True, text=True, check=True)
        code = "import json; from packaging.markers import default_environment as d; print(json.dumps(d()))"
        command = [UV, "run", "--no-project", "--python", python.stdout.strip(), "--with", "packaging", "python", "-c"]
        answer = subprocess.run([*command, code], capture_output=True, text=True, check=True, cwd=self.work)
        return json.loads(answer.stdout)

    def metadata(self, case: Case, tree: Path) -> Message:
        """What the backend says. Raises :class:`RuntimeError`."""
        with tempfile.TemporaryDirectory(dir=self.work) as folder:
            copy = shutil.copytree(tree, Path(folder) / "tree", symlinks=True)
            venv = Path(folder) / "venv"
            self._run([UV, "venv", "--quiet", "--python", self.python, venv], copy, case)
            system = read_build_system(tree)
            extra = [self.torch if each == "torch" else each for each in case.extra]
            self._install(venv, ["pyproject-hooks", *system.requires, *extra], copy, case)
            arguments = (system.backend, list(system.backend_path), folder)
            if requires := self._ask(venv, ("requires", *arguments), copy, case):
                self._install(venv, requires, copy, case)
            return parse(Path(folder, self._ask(venv, ("metadata", *arguments), copy, case), "METADATA"))

    def _install(self, venv: Path, requirements: list[str], tree: Path, case: Case) -> None:
        python = venv / "bin" / "python"
        self._run([UV, "pip", "install", "--quiet", "--python", python, *self.links, *requirements], tree, case)

    def _ask(self, venv: Path, what: tuple, tree: Path, case: Case):
        self._run([venv / "bin" / "python", "-c", ASK, json.dumps(what)], tree, case)
        return json.loads(Path(what[-1], f"{what[0]}.json").read_text(encoding="utf-8"))

    def _run(self, command: list[object], tree: Path, case: Case) -> None:
        variables = {**os.environ, **dict(each.split("=", 1) for each in case.variables)}
        variables["PATH"] = f"{Path(str(command[0])).parent}:{variables['PATH']}"
        try:
            done = subprocess.run(
                list(map(str, command)),
                cwd=tree,
                env=variables,
                capture_output=True,
                text=True,
                timeout=600,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise RuntimeError("it takes too long") from error
        if done.returncode:
            raise RuntimeError(next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "it failed"))


# The measurement


@dataclass
class Tally:
    """What was found."""

    static: int = 0
    provable: int = 0
    compared: int = 0
    wrong: int = 0
    slowest: float = 0


def examine(case: Case, tree: Path, backend: Backend | None, seen: dict[str, str], tally: Tally) -> str:
    """Judge one sdist; the line that tells of it."""
    info = parse(tree / "PKG-INFO") if (tree / "PKG-INFO").is_file() else None
    if is_static(info):
        tally.static += 1
        return "static"
    begun = time.perf_counter()
    found = read_static(tree)
    tally.slowest = max(tally.slowest, time.perf_counter() - begun)
    if found.obstacle is not None:
        return f"not provable: {found.obstacle}"
    tally.provable += 1
    assert isinstance(found.requires_dist, Known)
    told = f"provable ({found.requires_dist.source})"
    if backend is None:
        return told
    try:
        message = backend.metadata(case, tree)
        judge = "backend"
    except (RuntimeError, InterlockError) as error:
        if info is None or not tells_requirements(tree, info):
            return f"{told}, nothing to compare with: {str(error)[:100]}"
        message, judge = info, f"PKG-INFO, the backend fails: {str(error)[:100]}"
    try:
        differences = proven(found, seen).differences(written(message, seen))
        if isinstance(found.version, Known) and Version(found.version.value) != Version(message["Version"]):
            differences.append(f"version {found.version.value}, not {message['Version']}")
    except InvalidRequirement as error:
        differences = [str(error)]
    tally.compared += judge == "backend"
    tally.wrong += bool(differences)
    return f"{told}, {'WRONG: ' + '; '.join(differences) if differences else 'right'} ({judge})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--work", type=Path, help="where sdists are kept")
    parser.add_argument("--python", default="3.11", help="the interpreter of the backends")
    parser.add_argument("--torch", default="torch", help="the requirement for torch, where a list says `with torch`")
    parser.add_argument("--find-links", type=Path, help="a folder with wheels, such as torch for the CPU")
    parser.add_argument("--no-backend", action="store_true", help="only read")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interlock-benchmark-") as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("INTERLOCK_CACHE_DIR", str(work / "cache"))
        cases = [case for case in read_list(options.list) if not options.names or case.name in options.names]
        measure(cases, work.resolve(), options)


def measure(cases: list[Case], work: Path, options: argparse.Namespace) -> None:
    backend = Backend(options.python, options.torch, options.find_links, work)
    seen, tally = backend.seen(), Tally()
    artifacts = find(cases, work)
    for case in cases:
        with tempfile.TemporaryDirectory(dir=work) as folder:
            try:
                tree = fetch_tree(artifacts[case], Path(folder), root=work)
            except InterlockError as error:
                print(f"{case.label:36} not fetched: {error}", flush=True)
                continue
            line = examine(case, tree, None if options.no_backend else backend, seen, tally)
        print(f"{case.label:36} {line}", flush=True)
    others = len(cases) - tally.static
    print(f"\n{len(cases)} sdists, {tally.static} of them with static metadata")
    share = tally.provable / max(1, others)
    print(f"provable: {tally.provable} of {others} ({share:.0%}), the slowest in {tally.slowest:.2f} s")
    print(f"wrong: {tally.wrong}; {tally.compared} compared with the backend's answer")


if __name__ == "__main__":
    main()
