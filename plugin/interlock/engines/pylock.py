"""Lock files of PEP 751: uv's answers are read from them, and it is told by them what to install and to prefer.

The model of ``packaging`` is not used: it refuses files without a hash, of which there are indexes full.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from packaging.utils import InvalidWheelFilename, NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from interlock.core.field_checks import check_fields_of
from interlock.core.files import sha256_of
from interlock.core.shapes import check_fields
from interlock.core.urls import local_path, split_url, without_password
from interlock_hooks.types import Artifact, promised_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packaging.tags import Tag

    from interlock_hooks.types import NameSelection, PyPIPackage


class UnfitError(ValueError):
    """The target supports none of the tags of the wheels ``filenames``, which are all that there is of ``name``."""

    def __init__(self, name: str, filenames: Sequence[str]) -> None:
        super().__init__(f"no artifact of {name} fits the target")
        self.name = name
        self.filenames = tuple(filenames)


@dataclass(frozen=True, slots=True)
class PylockPackage:
    """One package of the answer; ``version`` is ``None`` for a directory, ``direct`` says that no index served it."""

    name: NormalizedName
    version: str | None
    artifact: Artifact
    direct: bool


def read_packages(
    document: Mapping[str, Any], *, folder: Path, tags: Iterable[Tag], no_binary: NameSelection
) -> list[PylockPackage]:
    """The packages of a lock file that lies in ``folder``, sorted by name.

    ``tags`` are those of the target, the best first. Raises :class:`UnfitError` for a package without a file that the
    target can use, and another :class:`ValueError` when the document is not what PEP 751 says.
    """
    ranks = {tag: rank for rank, tag in enumerate(tags)}
    try:
        packages = [_package(entry, folder, ranks, no_binary) for entry in document.get("packages", [])]
        for package in packages:
            _check(package)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    return sorted(packages, key=lambda package: package.name)


def _check(package: PylockPackage) -> None:
    check_fields(package)
    check_fields(package.artifact)
    check_fields_of(package.artifact)
    if package.version is not None:
        Version(package.version)


def exact_document(packages: Iterable[PyPIPackage], wheels: Mapping[NormalizedName, Path]) -> dict[str, Any]:
    """A lock file of these packages, one artifact each: its own, or the local file that ``wheels`` names for it.

    A package with an ``index`` has a file on a server whose content its hash fixes: no other package has that index.
    """
    return _document(_exact(package, wheels.get(package.name)) for package in packages)


def versions_document(versions: Iterable[tuple[NormalizedName, str]]) -> dict[str, Any]:
    """A lock file of nothing but versions: uv keeps those of an earlier answer as far as it can."""
    return _document({"name": name, "version": version} for name, version in versions)


def _document(packages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"lock-version": "1.0", "created-by": "interlock", "packages": list(packages)}


def _package(
    entry: Mapping[str, Any], folder: Path, ranks: Mapping[Tag, int], no_binary: NameSelection
) -> PylockPackage:
    name = canonicalize_name(entry["name"])
    artifact = _direct_artifact(entry, folder)
    if artifact is not None:
        if artifact.kind == "wheel" and _preference(artifact.filename or "", ranks) is None:
            raise UnfitError(name, [artifact.filename or artifact.url])
        return PylockPackage(name, entry.get("version"), artifact, direct=True)
    wheel = None if name in no_binary else _best_wheel(entry.get("wheels", []), ranks)
    if wheel is None and "sdist" not in entry:
        raise UnfitError(name, [_filename(each) for each in entry.get("wheels", [])])
    chosen = _file(entry["sdist"], folder, "sdist") if wheel is None else _file(wheel, folder, "wheel")
    return PylockPackage(name, entry["version"], chosen, direct=False)


def _direct_artifact(entry: Mapping[str, Any], folder: Path) -> Artifact | None:
    if "vcs" in entry:
        vcs = entry["vcs"]
        url = without_password(vcs["url"]) if "url" in vcs else _absolute(vcs["path"], folder).as_uri()
        return Artifact(kind="git", url=url, commit=vcs["commit-id"], subdirectory=vcs.get("subdirectory"))
    if "directory" in entry:
        directory = entry["directory"]
        return Artifact(
            kind="directory",
            url=_absolute(directory["path"], folder).as_uri(),
            subdirectory=directory.get("subdirectory"),
            editable=directory.get("editable", False),
        )
    if "archive" in entry:
        archive = entry["archive"]
        is_wheel = _filename(archive).endswith(".whl")
        return _file(archive, folder, "wheel" if is_wheel else "sdist")
    return None


def _best_wheel(wheels: Sequence[Mapping[str, Any]], ranks: Mapping[Tag, int]) -> Mapping[str, Any] | None:
    """The wheel with the most specific tag that the target supports; of equals the one with the highest build tag."""
    fitting = [(key, wheel) for wheel in wheels if (key := _preference(_filename(wheel), ranks)) is not None]
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _preference(filename: str, ranks: Mapping[Tag, int]) -> tuple[int, int, str] | None:
    try:
        _, _, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return None
    rank = min((ranks[tag] for tag in tags if tag in ranks), default=None)
    if rank is None:
        return None
    number, suffix = build or (-1, "")
    # Of two builds with the same number any choice will do, as long as it is always the same.
    return rank, -number, suffix


def _file(entry: Mapping[str, Any], folder: Path, kind: Any) -> Artifact:
    url = without_password(entry["url"]) if "url" in entry else _absolute(entry["path"], folder).as_uri()
    return Artifact(
        kind=kind,
        url=url,
        filename=_filename(entry),
        sha256=entry.get("hashes", {}).get("sha256"),
        size=entry.get("size"),
        subdirectory=entry.get("subdirectory"),
    )


def _filename(entry: Mapping[str, Any]) -> str:
    if "name" in entry:
        return str(entry["name"])
    place = split_url(entry["url"]).path if "url" in entry else entry["path"]
    return unquote(place.rsplit("/", 1)[-1])


def _absolute(path: str, folder: Path) -> Path:
    return Path(folder, path).resolve()


def _exact(package: PyPIPackage, wheel: Path | None) -> dict[str, Any]:
    artifact = package.artifact
    entry: dict[str, Any] = {"name": package.name}
    if wheel is not None:
        file = {"name": wheel.name, "path": str(wheel), "hashes": {"sha256": sha256_of(wheel)}}
        # That of a source tree may have changed since it was locked.
        return entry | {"version": promised_version(package.name, wheel.name) or package.version, "wheels": [file]}
    if package.is_source_tree:
        return entry | tree_entry(artifact, lambda: str(local_path(artifact.url)))
    entry["version"] = package.version
    file = _exact_file(artifact)
    if "url" in file and artifact.sha256:
        # By its index and its name uv finds a file in its cache. The hash says more than any index.
        entry["index"] = f"https://sha256.invalid/{artifact.sha256}"
    return entry | ({"wheels": [file]} if artifact.kind == "wheel" else {"sdist": file})


def _exact_file(artifact: Artifact) -> dict[str, Any]:
    local = artifact.url.startswith("file:")
    place = {"path": str(local_path(artifact.url))} if local else {"url": artifact.url}
    return {"name": artifact.filename or _filename(place), **file_entry(artifact, place)}


def tree_entry(artifact: Artifact, path: Callable[[], str]) -> dict[str, Any]:
    """The entry of a source tree: a commit of a repository, or a directory that lies at ``path``."""
    if artifact.kind == "git":
        vcs = {"type": "git", "url": artifact.url, "commit-id": artifact.commit or ""}
        return {"vcs": with_subdirectory(vcs, artifact)}
    return {"directory": with_subdirectory({"path": path(), "editable": artifact.editable}, artifact)}


def file_entry(artifact: Artifact, place: Mapping[str, str]) -> dict[str, Any]:
    """The entry of a file; ``place`` has its ``path`` or its ``url``."""
    size = {} if artifact.size is None else {"size": artifact.size}
    hashes = {"sha256": artifact.sha256} if artifact.sha256 else {}
    return {**place, **size, "hashes": hashes}


def with_subdirectory(entry: dict[str, Any], artifact: Artifact) -> dict[str, Any]:
    """An entry that also says where in its source the package lies, if that is not its top."""
    return entry if artifact.subdirectory is None else entry | {"subdirectory": artifact.subdirectory}
