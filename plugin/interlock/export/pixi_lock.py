"""A ``pixi.lock``, in version 6 of its format, which every pixi since 0.39 reads."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml

from interlock.core.channels import channel_address
from interlock.export.findings import without_name, without_plans
from interlock.export.model import Exported
from interlock.export.places import is_local, path_of
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from interlock.export.model import Subject
    from interlock_hooks.types import CondaRecord, Finding, PyPIPackage

_FILE = "pixi.lock"


def export(subjects: Sequence[Subject]) -> Exported:
    """All of these environments and platforms in one file.

    pixi has one answer for each conda subdir: raises :class:`InterlockError` (IL645) for two of one environment.
    """
    _check_platforms(subjects)
    environments: dict[str, Any] = {}
    packages: dict[str, dict[str, Any]] = {}
    for subject in subjects:
        found = sorted(_packages(subject), key=lambda item: item[:2])
        entry = environments.setdefault(subject.locked.name, _environment(subject))
        entry["packages"][subject.locked.conda.platform] = [{kind: place} for kind, place, _ in found]
        packages.update((place, {kind: place, **fields}) for kind, place, fields in found)
    document = {
        "version": 6,
        "environments": dict(sorted(environments.items())),
        "packages": [packages[place] for place in sorted(packages)],
    }
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    return Exported(text=text, findings=tuple(dict.fromkeys(_findings(subjects))))


def _check_platforms(subjects: Sequence[Subject]) -> None:
    counts = Counter((subject.locked.name, subject.locked.conda.platform) for subject in subjects)
    for (name, subdir), count in counts.items():
        if count > 1:
            platforms = [each.locked.platform for each in subjects if each.locked.name == name]
            raise InterlockError(without_name(_FILE, platforms, subdir))


def _environment(subject: Subject) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "channels": [{"url": f"{channel_address(channel)}/"} for channel in subject.locked.conda.channels]
    }
    if subject.locked.resolution.packages:
        entry["indexes"] = [index.url for index in subject.indexes if index.format == "simple"]
        flat = [*subject.find_links, *(index.url for index in subject.indexes if index.format == "flat")]
        if flat:
            entry["find-links"] = [{"url" if "://" in place else "path": place} for place in flat]
    return entry | {"packages": {}}


def _packages(subject: Subject) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The kind, the place and the fields of each package."""
    for record in subject.locked.conda.records:
        yield "conda", record.url, _conda(record)
    for package in subject.locked.resolution.packages:
        yield "pypi", _location(package, subject.root), _pypi(package)


def _conda(record: CondaRecord) -> dict[str, Any]:
    """The fields of a conda package; what its URL says (name, version, build, subdir) is left out.

    rattler does not take the subdir from the URL of a file.
    """
    return _filled(
        subdir=record.subdir if record.url.startswith("file:") else None,
        sha256=record.sha256,
        md5=record.md5,
        build_number=record.build_number,
        noarch=record.noarch,
        channel=f"{channel_address(record.channel)}/",
        track_features=" ".join(record.track_features),
        depends=list(record.depends),
        constrains=list(record.constrains),
        purls=None if record.purls is None else list(record.purls),
        python_site_packages_path=record.python_site_packages_path,
        license=record.license,
        size=record.size,
        timestamp=record.timestamp,
    )


def _pypi(package: PyPIPackage) -> dict[str, Any]:
    return {
        "name": str(package.name),
        "version": package.version,
        **_filled(sha256=package.artifact.sha256, requires_dist=list(package.requires)),
        **({"editable": True} if package.artifact.editable else {}),
    }


def _filled(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "") and (value != [] or key == "purls")}


def _location(package: PyPIPackage, root: Path) -> str:
    artifact = package.artifact
    if artifact.kind == "git":
        folder = f"&subdirectory={artifact.subdirectory}" if artifact.subdirectory else ""
        return f"git+{artifact.url}?rev={artifact.commit}{folder}#{artifact.commit}"
    folder = f"#subdirectory={artifact.subdirectory}" if artifact.subdirectory else ""
    return (path_of(artifact, root) if is_local(artifact) else artifact.url) + folder


def _findings(subjects: Sequence[Subject]) -> Iterator[Finding]:
    for subject in subjects:
        if plans := subject.special_builds():
            yield without_plans(_FILE, plans)
