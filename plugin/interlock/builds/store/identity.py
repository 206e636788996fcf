"""The identity of a build: everything that can change the wheel, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import NormalizedName, canonicalize_name

from interlock.builds.plan.credentials import public
from interlock.builds.plan.tools import build_tools
from interlock.builds.run.interpreter import ask_interpreter
from interlock.builds.run.toolchain import find_toolchain, toolchain_identity
from interlock.builds.run.variables import JOB_VARIABLES, build_variables
from interlock.core.deciding import cache_keys
from interlock.core.pep508 import required_name
from interlock.core.sources import tree_digest
from interlock.core.urls import local_path, without_credentials
from interlock.engines.git_history import history_digest
from interlock.engines.python.interpreter import python_of
from interlock_hooks.types import Artifact, BuildMode, BuildPlan, Environment, Event, PyPIPackage, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FORMAT = "3"


@dataclass(frozen=True, slots=True)
class BuildIdentity:
    """The two levels of a build's identity.

    ``key`` is a SHA-256 over what is known before the build: source, interpreter, platform, mode, variables, settings,
    toolchain. ``visible`` maps every distribution that the build can see to what identifies it; which of them
    matter is only known from what earlier builds imported. ``conda`` does so for conda packages, of which those matter
    that the wheel is linked with. ``prefix`` is where the environment lives; ``source`` identifies the content of the
    source; ``offline`` says that the build must not use the network.
    """

    key: str
    prefix: Path
    source: str = ""
    visible: Mapping[NormalizedName, str] = field(default_factory=dict)
    conda: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False

    def sees(self, module: str) -> bool:
        """Whether a module that an earlier build did not find is available now."""
        top = module.split(".")[0]
        tool = build_tools().modules.get(top)
        names = {canonicalize_name(top)} | ({required_name(tool)} if tool else set())
        return not names.isdisjoint(self.visible)


def identify(plan: BuildPlan, environment: Environment, step: Step, emit: Callable[[Event], None]) -> BuildIdentity:
    """The identity of a build, computed without making its environment.

    ``emit`` is told of activation scripts, which can change the compilers that a build finds.
    """
    python = ask_interpreter(python_of(environment.prefix))
    # The paths of the build environment are placeholders here; only the compilers of prefix and system matter.
    place = Path("/nonexistent")
    variables = build_variables(plan, environment, python=place / "bin" / "python", work=place, emit=emit)
    conda = environment.locked.conda
    asked = _asked(plan, environment)
    facts = {
        **asked,
        "format": _FORMAT,
        "kind": step,
        "python": [python.tag, python.abi, python.platform],
        "toolchain": toolchain_identity(find_toolchain(variables), environment.prefix, conda),
    }
    return BuildIdentity(
        _digest(facts),
        environment.prefix,
        asked["source"],
        visible_identities(plan, environment),
        _record_identities(environment),
        offline=environment.request.build.network == "deny",
    )


def likeness(plan: BuildPlan, environment: Environment) -> str:
    """What shows of the identity of a build before its prefix exists: builds that share it hardly ever differ."""
    python, conda = environment.locked.resolution.python, environment.locked.conda
    return _digest(
        {
            **_asked(plan, environment),
            "python": [python.version.split(".")[:2], python.platform, python.free_threaded],
            "toolchain": toolchain_identity((), environment.prefix, conda),
            "visible": visible_identities(plan, environment),
        }
    )


def _asked(plan: BuildPlan, environment: Environment) -> dict[str, Any]:
    """What a plan asks for, as far as it reaches the wheel."""
    activation = environment.request.activation
    return {
        "source": source_identity(plan.package.artifact, environment.root),
        "name": plan.package.name,
        "editable": plan.package.artifact.editable,
        "mode": plan.mode.value,
        "variables": public(pair for pair in plan.variables if pair[0] not in JOB_VARIABLES),
        "activation": public((*activation.preset, *activation.env)),
        "settings": public(plan.config_settings),
    }


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _record_identities(environment: Environment) -> dict[str, str]:
    return {
        record.name: record.sha256 or without_credentials(record.url) for record in environment.locked.conda.records
    }


def visible_identities(plan: BuildPlan, environment: Environment) -> dict[NormalizedName, str]:
    """What identifies each distribution that a build with this plan can see."""
    built = {wheel.name: wheel.sha256 for wheel in environment.built}
    resolution = environment.locked.resolution
    over = plan.mode is BuildMode.NO_ISOLATION
    visible: dict[NormalizedName, str] = {}
    if over or plan.base_records:
        records = _record_identities(environment)
        visible |= {
            entry.name: records.get(entry.record, f"{entry.name} {entry.version}")
            for entry in resolution.provided
            if over or entry.record in plan.base_records
        }
    packages: list[PyPIPackage] = [*(resolution.packages if over else ()), *plan.overlay]
    for package in packages:
        visible[package.name] = built.get(package.name) or source_identity(package.artifact, environment.root)
    visible.pop(plan.name, None)
    return visible


def source_identity(artifact: Artifact, root: Path) -> str:
    """What identifies the content of an artifact: a hash, a commit, or a digest over a local tree.

    Who asks for it does not matter, and what is stored names no credentials.
    """
    url = without_credentials(artifact.url)
    place = f"#{artifact.subdirectory}" if artifact.subdirectory else ""
    if artifact.kind == "git":
        return f"{url}@{artifact.commit}{place}"
    if artifact.kind == "directory":
        tree = local_path(artifact.url, root)
        return f"tree:{tree_digest(str(tree))}{_history(tree, artifact)}{place}" if tree.is_dir() else url
    return (artifact.sha256 or url) + place


def _history(tree: Path, artifact: Artifact) -> str:
    """What the build of a tree depends on in git, if the tree says so: a version may be made of that."""
    folder = tree / (artifact.subdirectory or "")
    digest = history_digest(folder, cache_keys(folder))
    return f"@{digest}" if digest else ""
