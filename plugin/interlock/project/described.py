"""What `env info` shows, and what is remembered of it: nearly all follows from manifest and lock, which rarely change.

Little is imported. What counts is that nothing is shown that does not hold any more: an answer is remembered for the
state of an environment that its install left (:mod:`interlock.install.fresh`) and for the driver and GPUs of this
machine, and whatever else may have changed is looked up each time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from interlock import __version__
from interlock.core.files import is_file
from interlock.core.names import ENVIRONMENT_YML
from interlock.core.paths import cache_dir
from interlock.core.remembered import digest_of, recall, remember
from interlock.engines.confinement import can_deny_network, can_restrict_writing
from interlock.engines.control_group import can_limit_memory
from interlock.engines.drivers import may_have_driver
from interlock.install.fresh import is_usable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interlock_hooks.types import Finding, InfoSection, VirtualPackage

_KIND = "info"

LockState = Literal["missing", "current", "outdated"]


class LockInfo(NamedTuple):
    """The lock file, and whether it matches the manifest."""

    path: str
    state: LockState


class EnvironmentInfo(NamedTuple):
    """One environment of the manifest; ``solve_group`` is the group that it shares versions with, if there is one."""

    name: str
    platforms: tuple[str, ...]
    prefix: str
    installed: bool
    solve_group: str | None = None


class ConfinementInfo(NamedTuple):
    """What builds are kept from: writing to other places than their own, and, where the manifest says so, the network.

    ``network`` tells whether this machine could enforce ``network = "deny"``, ``denied`` whether the manifest has it,
    ``memory`` whether the kernel would enforce a limit of memory.
    """

    writing: bool
    network: bool
    denied: bool
    memory: bool


class ProjectInfo(NamedTuple):
    """A project at a glance.

    ``virtual_packages`` are those that a solve for this platform would use; ``sections`` what plugins add; ``unread``
    the environment files of conda beside the manifest, which do not count.
    """

    name: str
    manifest: str
    platform: str
    channels: tuple[str, ...]
    virtual_packages: tuple[VirtualPackage, ...]
    sections: tuple[InfoSection, ...]
    environments: tuple[EnvironmentInfo, ...]
    lock: LockInfo
    plugins: tuple[str, ...]
    confinement: ConfinementInfo
    cache: str
    versions: dict[str, str]
    unread: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What contradicts in the environment, as far as plugins check it."""
        return tuple(finding for section in self.sections for finding in section.findings or ())


class _VirtualPackage(NamedTuple):
    name: str
    version: str
    build: str
    origin: str


class _Section(NamedTuple):
    name: str
    data: Mapping[str, Any]
    rows: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...] = ()


def describe_again(state: Mapping[str, Any]) -> ProjectInfo | None:
    """What is remembered of the project of an environment with this ``state``, which holds; ``None`` if nothing is."""
    record = recall(_KIND, state["prefix"], _facts(state))
    try:
        environments = (EnvironmentInfo(*each) for each in record["environments"])
        return ProjectInfo(
            **{name: record[name] for name in ("name", "manifest", "platform", "channels", "plugins")},
            virtual_packages=tuple(
                cast("VirtualPackage", _VirtualPackage(*each)) for each in record["virtual_packages"]
            ),
            sections=tuple(cast("InfoSection", _Section(*each)) for each in record["sections"]),
            environments=tuple(each._replace(installed=is_usable(each.prefix)) for each in environments),
            lock=LockInfo(*record["lock"]),
            **found_here(record["manifest"], denied=record["denied"]),
        )
    except (LookupError, TypeError):
        return None


def remember_description(state: Mapping[str, Any], info: ProjectInfo) -> None:
    """Remember a description that follows from an environment's ``state`` alone, and has no findings."""
    record = {
        **{name: getattr(info, name) for name in ("name", "manifest", "platform", "channels", "plugins")},
        "virtual_packages": [(each.name, each.version, each.build, each.origin) for each in info.virtual_packages],
        "sections": [(each.name, each.data, each.rows) for each in info.sections],
        "environments": info.environments,
        "lock": info.lock,
        "denied": info.confinement.denied,
    }
    remember(_KIND, state["prefix"], _facts(state), record)


def _facts(state: Mapping[str, Any]) -> str:
    return digest_of([state, _machine()])


def _machine() -> list[Any]:
    if not may_have_driver():
        return []
    from interlock.engines.gpus import present_capabilities
    from interlock.engines.rattler.detect import detect_driver

    return [[each.version for each in detect_driver()], present_capabilities()]


def found_here(manifest: str, *, denied: bool) -> dict[str, Any]:
    """The fields of a :class:`ProjectInfo` that tell of this machine and this moment, for the project of a manifest."""
    return {
        "confinement": ConfinementInfo(
            can_restrict_writing(), can_deny_network(), denied=denied, memory=can_limit_memory()
        ),
        "cache": str(cache_dir()),
        "versions": {"interlock": __version__, **{name: _version_of(name) for name in ("py-rattler", "uv")}},
        "unread": unread_beside(manifest),
    }


def unread_beside(manifest: str) -> tuple[str, ...]:
    """The environment files of conda in the directory of a manifest that do not count, since that one is read."""
    found = (Path(manifest).with_name(name) for name in ENVIRONMENT_YML)
    return tuple(str(path) for path in found if path != Path(manifest) and is_file(path))


def _version_of(distribution: str) -> str:
    """The version of a distribution that Interlock runs on, which the folder of its metadata has in its name.

    importlib.metadata, which would open it, takes a third of an `env info` to import.
    """
    name, end = distribution.replace("-", "_"), ".dist-info"
    for place in sys.path:
        for folder in Path(place).glob(f"{name}-*{end}"):
            return folder.name[len(name) + 1 : -len(end)]
    from importlib.metadata import version

    return version(distribution)
