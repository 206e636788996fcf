"""``cache list``, ``show``, ``prune`` and ``verify``."""

from typing import Annotated, Any, TypedDict


class StoredWheel(TypedDict):
    """A wheel in the store, and all that identifies it."""

    key: Annotated[str, "identifies the builds that it may be used for"]
    name: str
    version: str
    mode: Annotated[str, "what its build could see"]
    wheel: Annotated[str | None, "its path"]
    sha256: Annotated[str | None, "its hash, hexadecimal"]
    size: Annotated[int, "in bytes"]
    seconds: Annotated[float, "how long the build took"]
    log: Annotated[str | None, "the path of the log"]
    created: Annotated[float, "when it was built, in seconds of Unix time"]
    used: Annotated[float, "when it was last used, in seconds of Unix time"]
    source: Annotated[str, "what it was built from"]
    imports: Annotated[dict[str, str], "the distributions that the build imported, and which ones exactly"]
    libraries: Annotated[dict[str, str], "the conda packages that it is linked with, and which ones exactly"]
    missing: Annotated[list[str], "the modules that the build looked for and did not find"]
    downloads: Annotated[list[str], "the addresses that it asked for something"]
    variables: Annotated[dict[str, str], "the variables of the build"]
    toolchain: Annotated[dict[str, str], "its compilers and their paths"]


class ShownWheel(StoredWheel):
    """A wheel in the store, with what is said of its build."""

    provenance: Annotated[dict[str, Any] | None, "the in-toto statement of how it was built"]
    signed_by: Annotated[list[str], "the keys by which the statement says to be signed"]


class BuildPackages(TypedDict):
    """The installed packages of a build environment, or the byte code of a standard library."""

    path: str
    packages: Annotated[list[str], "their names and versions; none if it is byte code"]
    used: Annotated[float, "when they were last used, in seconds of Unix time"]


class WheelFiles(TypedDict):
    """Lists of the files in wheels from indexes."""

    path: Annotated[str, "the directory with the lists"]
    wheels: Annotated[int, "how many wheels have one"]
    size: Annotated[int, "of all lists, in bytes"]


class CacheList(TypedDict):
    """What is in the cache."""

    store: Annotated[str, "the directory of the store"]
    wheels: list[StoredWheel]
    build_packages: list[BuildPackages]
    wheel_files: WheelFiles


class CacheShow(TypedDict):
    """The wheels that were asked for."""

    wheels: list[ShownWheel]


class CachePrune(TypedDict):
    """What was removed."""

    removed: Annotated[list[StoredWheel], "wheels"]
    prefixes: Annotated[list[str], "conda environments that builds ran in"]
    build_packages: Annotated[list[str], "packages of build environments, and byte code"]
    builds: Annotated[list[str], "directories of interrupted builds"]
    environments: Annotated[list[str], "throw-away environments"]
    wheel_files: Annotated[list[str], "lists of the files in wheels from indexes"]


class CacheVerify(TypedDict):
    """What is intact; findings say what is not."""

    store: Annotated[str, "the directory of the store"]
    verified: Annotated[int, "the number of wheels that are as they were built"]
    build_packages: Annotated[int, "the number of sets of build packages that are as they were installed"]
