"""The hooks of conda's plugin system that Interlock implements, found by the entry point group ``conda``.

conda imports this module for every command, and calls most of these functions while it makes its parser. So nothing
else of Interlock is imported before something is asked of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conda.common.configuration import PrimitiveParameter
from conda.plugins import hookimpl
from conda.plugins.types import (
    CondaEnvironmentExporter,
    CondaEnvironmentSpecifier,
    CondaHealthCheck,
    CondaPostSolve,
    CondaPreTransactionAction,
    CondaSetting,
    CondaSubcommand,
    EnvironmentFormat,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conda.models.environment import Environment
    from conda.models.records import PackageRecord

_LOCK = "interlock.lock"
_LOCK_FORMAT = "interlock-lock"


@hookimpl
def conda_subcommands() -> Iterator[CondaSubcommand]:
    """``conda interlock``, which is the command ``interlock``."""
    yield CondaSubcommand(
        name="interlock",
        summary="Create environments from conda packages, PyPI packages and source builds that match both.",
        action=_run,
    )


@hookimpl
def conda_settings() -> Iterator[CondaSetting]:
    """Which environment of a manifest conda makes, and whether it may break one: conda has no options for that."""
    yield CondaSetting(
        name="interlock_environment",
        description="The environment of a manifest that `conda env create` makes with Interlock.",
        parameter=PrimitiveParameter("default", element_type=str),
    )
    yield CondaSetting(
        name="interlock_guard",
        description="Whether to refuse changes of conda packages that break what Interlock has installed on them.",
        parameter=PrimitiveParameter(True, element_type=bool),
    )


@hookimpl
def conda_environment_specifiers() -> Iterator[CondaEnvironmentSpecifier]:
    """``conda env create --file pixi.toml``, or with a lock."""
    from interlock.hosts.conda.specifier import LockSpec, ManifestSpec

    yield CondaEnvironmentSpecifier(
        name="interlock",
        environment_spec=ManifestSpec,
        default_filenames=("pixi.toml", "pyproject.toml"),
        description="Manifests that Interlock reads: pixi.toml, pyproject.toml, environment.yml",
    )
    yield CondaEnvironmentSpecifier(
        name=_LOCK_FORMAT,
        environment_spec=LockSpec,
        default_filenames=(_LOCK,),
        description="Lock of Interlock, beside its manifest",
        environment_format=EnvironmentFormat.lockfile,
    )


@hookimpl
def conda_environment_exporters() -> Iterator[CondaEnvironmentExporter]:
    """``conda export --format interlock-lock``."""
    yield CondaEnvironmentExporter(
        name=_LOCK_FORMAT,
        aliases=(),
        default_filenames=(_LOCK,),
        export=_export,
        description="Lock of Interlock, from which the environment was made",
        environment_format=EnvironmentFormat.lockfile,
    )


@hookimpl
def conda_health_checks() -> Iterator[CondaHealthCheck]:
    """``conda doctor`` for environments that Interlock has made."""
    yield CondaHealthCheck(
        name="interlock",
        action=_examine,
        summary="Detect compiled code and requirements that do not fit (environments made by Interlock)",
    )


@hookimpl
def conda_post_solves() -> Iterator[CondaPostSolve]:
    """Before conda changes an environment that Interlock has made: whether that would break it."""
    yield CondaPostSolve(name="interlock", action=_guard)


@hookimpl
def conda_pre_transaction_actions() -> Iterator[CondaPreTransactionAction]:
    """The same before conda changes anything at all, since it does not solve for each change."""
    from interlock.hosts.conda.transaction import Guarded

    yield CondaPreTransactionAction(name="interlock", action=Guarded)


def _run(args: Sequence[str]) -> int:
    from conda.base.context import context

    from interlock.cli.main import conda_interlock
    from interlock.core.offline import network_off

    with network_off(context.offline, "conda interlock", by="offline in conda's settings"):
        return conda_interlock(args)


def _export(environment: Environment) -> str:
    from interlock.hosts.conda.exporter import export

    return export(environment)


def _examine(prefix: str, verbose: bool) -> None:
    from interlock.hosts.conda.health import examine

    examine(prefix, verbose=verbose)


def _guard(_repodata: str, removed: Sequence[PackageRecord], added: Sequence[PackageRecord]) -> None:
    # Most solves are for environments that Interlock has not made, and end here.
    if removed or added:
        from conda.base.context import context

        from interlock.hosts.conda.guard import guard

        guard(context.target_prefix, removed, added)
