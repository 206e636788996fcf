"""The document of ``env install``.

The report is kept in the prefix: an install that finds nothing to do prints it again. So this module imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from interlock.cli.documents import install as documents
    from interlock_hooks.types import BuiltWheel, CodeStarted, Environment


def environment_report(environment: Environment) -> documents.EnvironmentReport:
    """What an environment is made of."""
    locked = environment.locked
    return {
        "environment": locked.name,
        "platform": locked.platform,
        "prefix": str(environment.prefix),
        "conda": [{"name": r.name, "version": r.version, "build": r.build} for r in locked.conda.records],
        "pypi": [{"name": p.name, "version": p.version} for p in locked.resolution.packages if not p.needs_build],
        "built": [_built(wheel) for wheel in environment.built],
    }


def install_document(
    report: documents.EnvironmentReport, *, changed: bool, relocked: bool, seconds: float, ran: Iterable[CodeStarted]
) -> documents.EnvInstall:
    """What an install made; ``seconds`` is how long the command ran, and ``ran`` whose code did."""
    from interlock.cli.json.ran import ran_document

    return {
        **report,
        "changed": changed,
        "locked": relocked,
        "seconds": round(seconds, 3),
        "ran": ran_document(ran),
    }


def unchanged_document(report: documents.EnvironmentReport) -> documents.UnchangedEnvironment:
    """What is there when nothing had to be done."""
    return {**report, "changed": False, "locked": False, "ran": []}


def _built(wheel: BuiltWheel) -> documents.BuiltWheel:
    return {
        "name": wheel.name,
        "version": wheel.version,
        "mode": wheel.mode.value,
        "seconds": round(wheel.seconds, 3),
        "from_store": wheel.from_store,
        "prebuilt": wheel.prebuilt,
        "imports": list(wheel.imports),
        "toolchain": dict(wheel.toolchain),
        "downloads": list(wheel.downloads),
        "wheel": str(wheel.path),
        "log": None if wheel.log is None else str(wheel.log),
    }
