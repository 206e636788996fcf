"""What a wheel was built from and by what: an in-toto statement (v1) with SLSA's provenance (v1) as its predicate.

``docs/building.md`` says what each parameter means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from interlock import __version__
from interlock.core.files import sha256_of
from interlock.core.shapes import check_fields, with_texts
from interlock.core.urls import without_credentials
from interlock_hooks.types import BuildMode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from interlock_hooks.types import Artifact, BuildPlan, BuiltWheel, CondaRecord, Environment, PyPIPackage

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:interlock:wheel-build:v1"
BUILDER = "urn:interlock:builder"
_LOG_TYPE = "text/plain"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a statement says, as far as it is shown or compared.

    ``filename`` and ``sha256`` are those of the wheel that it is about, ``log`` is the SHA-256 of the build's log, and
    ``builder`` the versions of what built it. ``finished`` is a time as RFC 3339 writes it.
    """

    filename: str
    sha256: str
    package: str
    version: str
    internal: dict[str, Any]
    dependencies: int
    builder: dict[str, str]
    finished: str
    log: str | None = None


def read_provenance(statement: Statement) -> Provenance:
    """What a statement says. Raises :class:`ValueError` if it is not one about how Interlock built one wheel."""
    if (statement.get("_type"), statement.get("predicateType")) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise ValueError(f"it is no statement with the predicate {PREDICATE_TYPE}")
    try:
        (subject,) = statement["subject"]
        definition, run = (statement["predicate"][part] for part in ("buildDefinition", "runDetails"))
        if definition["buildType"] != BUILD_TYPE:
            raise ValueError(definition["buildType"])
        logs = [each["digest"]["sha256"] for each in run["byproducts"] if each.get("mediaType") == _LOG_TYPE]
        found = Provenance(
            filename=subject["name"],
            sha256=subject["digest"]["sha256"],
            package=definition["externalParameters"]["package"],
            version=definition["externalParameters"]["version"],
            internal=definition["internalParameters"],
            dependencies=len(definition["resolvedDependencies"]),
            builder=run["builder"]["version"],
            finished=run["metadata"]["finishedOn"],
            log=logs[0] if logs else None,
        )
        check_fields(found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("it does not say how Interlock built one wheel") from error
    return found


def statement_of(
    wheel: BuiltWheel,
    plan: BuildPlan,
    environment: Environment,
    *,
    source: str,
    internal: Mapping[str, Any],
    finished: float,
) -> Statement:
    """The statement about a wheel that was just built with a plan.

    ``source`` identifies the content of the source, ``internal`` are parameters that Interlock decided itself, and
    ``finished`` is Unix time.
    """
    options = environment.request.build.package(plan.name)
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [_subject(wheel.path.name, wheel.sha256)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "package": plan.name,
                    "version": wheel.version,
                    "source": _source(plan.package.artifact, source),
                    "mode": plan.mode.value,
                    "requirements": [each.requirement for each in options.requirements],
                    "variables": dict(options.variables),
                    "configSettings": dict(plan.config_settings),
                },
                "internalParameters": {
                    "variables": dict(plan.variables),
                    "toolchain": dict(wheel.toolchain),
                    **internal,
                },
                "resolvedDependencies": [
                    _source(plan.package.artifact, source),
                    *_packages(plan, environment),
                    *map(_record, environment.locked.conda.records),
                ],
            },
            "runDetails": {
                "builder": {"id": BUILDER, "version": {"interlock": __version__}},
                "metadata": {"startedOn": _time(finished - wheel.seconds), "finishedOn": _time(finished)},
                "byproducts": [_log(wheel)] if wheel.log else [],
            },
        },
    }
    # Whoever gets the wheel may read it.
    public: Statement = with_texts(statement, without_credentials)
    return public


def renamed(statement: Statement, filename: str, sha256: str) -> Statement:
    """The statement about a wheel that was made of the one in ``statement``, which becomes a by-product."""
    predicate = statement["predicate"]
    run = predicate["runDetails"]
    return {
        **statement,
        "subject": [_subject(filename, sha256)],
        "predicate": {
            **predicate,
            "runDetails": {**run, "byproducts": [*run["byproducts"], *statement["subject"]]},
        },
    }


def _subject(filename: str, sha256: str) -> dict[str, Any]:
    return {"name": filename, "digest": {"sha256": sha256}}


def _source(artifact: Artifact, identity: str) -> dict[str, Any]:
    uri = artifact.url
    if artifact.kind == "git":
        return {"uri": f"git+{uri}@{artifact.commit}", "digest": {"gitCommit": artifact.commit}}
    if artifact.kind == "directory":
        kind, _, digest = identity.partition("#")[0].partition(":")
        return _described({"uri": uri}, interlockTree=digest if kind == "tree" else None)
    return _described({"uri": uri}, sha256=artifact.sha256)


def _packages(plan: BuildPlan, environment: Environment) -> Iterator[dict[str, Any]]:
    """The Python packages that the build could see."""
    built = {wheel.name: wheel.sha256 for wheel in environment.built}
    seen: dict[str, PyPIPackage] = {}
    if plan.mode is BuildMode.NO_ISOLATION:
        seen |= {each.name: each for each in environment.locked.resolution.packages if each.name != plan.name}
    seen |= {each.name: each for each in plan.overlay}
    for package in seen.values():
        purl = {"uri": f"pkg:pypi/{package.name}@{quote(package.version, safe='')}"}
        if package.name in built:
            yield _described(purl, sha256=built[package.name])
        elif package.artifact.commit:
            yield {**purl, "digest": {"gitCommit": package.artifact.commit}}
        else:
            purl["downloadLocation"] = package.artifact.url
            yield _described(purl, sha256=package.artifact.sha256)


def _record(record: CondaRecord) -> dict[str, Any]:
    version, build = quote(record.version, safe=""), quote(record.build, safe="")
    purl = f"pkg:conda/{record.name}@{version}?build={build}&subdir={record.subdir}"
    return _described({"uri": purl, "downloadLocation": record.url}, sha256=record.sha256, md5=record.md5)


def _log(wheel: BuiltWheel) -> dict[str, Any]:
    assert wheel.log is not None  # noqa: S101 - the caller has looked
    return {"name": wheel.log.name, "digest": {"sha256": sha256_of(wheel.log)}, "mediaType": _LOG_TYPE}


def _described(descriptor: dict[str, Any], **digests: str | None) -> dict[str, Any]:
    known = {name: digest for name, digest in digests.items() if digest}
    return {**descriptor, "digest": known} if known else descriptor


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
