"""A build backend (PEP 517) that answers for every source tree: "no dependencies, as far as anybody knows".

uv runs it in place of the real backend, in a virtual environment that holds nothing else, so that resolving never
builds anything. It must work alone, on any Python since 3.10. What it answers requires a package whose name is
``ASSUMED_MARK``, so that the resolution shows which metadata was assumed.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

ASSUMED_MARK = "interlock-assumed-metadata"
# The project that lists the requirements of a resolution. A name that no requirement has by accident: a project that
# requires its own name is read as self-reference.
REQUEST = "interlock-resolution-request"
REFUSAL = "interlock answers for packages, not for the request itself"
UNKNOWN_VERSION = "0+assumed"  # that of interlock_hooks.types, which is out of reach where this runs
NAME_SETTING = "interlock-name"
VERSION_SETTING = "interlock-version"


class MetadataStub:
    """The two hooks that give metadata; all others are absent, so that nothing can be built with it."""

    def prepare_metadata_for_build_wheel(
        self, metadata_directory: str, config_settings: Mapping[str, Any] | None = None
    ) -> str:
        """Write metadata without dependencies for the source tree in the working directory (PEP 517).

        Ends the process with a message when the tree does not tell its name.
        """
        settings = config_settings or {}
        name, version = identify(Path.cwd(), settings.get(NAME_SETTING), settings.get(VERSION_SETTING))
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        lines = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Requires-Dist: {ASSUMED_MARK}")
        Path(metadata_directory, info).mkdir()
        Path(metadata_directory, info, "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return info

    prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel

    def __getattr__(self, name: str) -> MetadataStub:
        """Stand for any object within a backend (``build-backend = "package:nested.object"``)."""
        if name.startswith(("build_", "get_requires_")):
            raise AttributeError(name)
        return self


def identify(tree: Path, given_name: str | None, given_version: str | None = None) -> tuple[str, str]:
    """Name and version of a source tree: as given, as the index has them, else as its ``PKG-INFO`` says.

    A version that cannot be known is ``UNKNOWN_VERSION``. Raises :class:`SystemExit` when the name cannot be known, and
    for the request itself: uv asks for its requirements where it cannot read one of them, and "none" would be wrong.
    """
    served = _served_as(tree)
    if served is not None:
        return served
    from email.parser import HeaderParser  # not when this module is imported for its names

    info = tree / "PKG-INFO"
    headers = HeaderParser().parsestr(info.read_text("utf-8", "replace") if info.is_file() else "")
    name = given_name or headers.get("Name") or _declared_name(tree)
    if name == REQUEST:
        sys.exit(REFUSAL)
    if not name:
        sys.exit("the source tree does not say its name")
    return name, given_version or headers.get("Version") or UNKNOWN_VERSION


def _served_as(tree: Path) -> tuple[str, str] | None:
    """Name and version under which an index serves the sdist: in uv's cache, ``NAME/VERSION/REVISION/src``."""
    parts = tree.parts
    roots = [i for i, part in enumerate(parts) if part.startswith("sdists-v")]
    if not roots or len(parts) < roots[-1] + 5 or parts[roots[-1] + 1] not in ("pypi", "index"):
        return None
    name, version = parts[-4], parts[-3]
    return name, version


def _declared_name(tree: Path) -> str | None:
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            document = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        name = document.get("project", {}).get("name")
        return name if isinstance(name, str) else None
    return None


class _EveryModule:
    """Finds the metadata stub under any module name outside the standard library, in-tree backends included."""

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] in sys.stdlib_module_names:
            return None
        # importlib's base class of loaders would bring a good part of the standard library along.
        return ModuleSpec(fullname, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        backend = MetadataStub()
        module.__dict__["prepare_metadata_for_build_wheel"] = backend.prepare_metadata_for_build_wheel
        module.__dict__["prepare_metadata_for_build_editable"] = backend.prepare_metadata_for_build_editable
        module.__dict__["__getattr__"] = backend.__getattr__


def install(*, free_threaded: bool = False) -> None:
    """Answer for every backend that this interpreter is asked to import from now on.

    uv has no option for interpreters without the global lock (PEP 703): it takes wheels for the ABI of the interpreter
    that it is given, whatever ``--python-version`` says. So this one says that it is ``free_threaded``, or is not.
    """
    if not sys.flags.isolated:
        sys.meta_path.insert(0, _EveryModule())
        return
    # uv asks an interpreter what it is in isolated mode; apart from this, that must see the truth.
    import sysconfig

    sysconfig.get_config_vars()["Py_GIL_DISABLED"] = int(free_threaded)
