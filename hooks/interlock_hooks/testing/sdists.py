"""Source trees and sdists: with a backend that does as it is told, or with a ``setup.py`` as found in the wild."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w
from packaging.utils import canonicalize_name

from interlock_hooks.testing.files import Content, write_tar, write_tree
from interlock_hooks.testing.wheels import core_metadata, escaped, with_extra

_INSIDE = Path(__file__).parent / "inside"
# Python text for anything that is to stop at a known point: a build, or a plugin in the midst of an install.
WAIT = """
import os, time
if os.path.exists({pipe!r}):
    with open({pipe!r}, "w") as pipe:
        pipe.write(str(os.getpid()))
    time.sleep(600)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """How the kit's build backend behaves.

    ``requires`` is ``build-system.requires``, ``get_requires`` what the backend asks for when it is called. The wheel
    records the versions of ``imports`` (and much else, see ``inside/kit_built.py``). ``metadata_imports`` are imported
    whenever metadata is made. ``on_metadata`` and ``on_build`` are Python text run first, which may change ``config``.
    ``wheel_name`` and ``wheel_version`` make the wheel lie. ``tag`` is the wheel's.
    """

    requires: Sequence[str] = ()
    get_requires: Sequence[str] = ()
    imports: Sequence[str] = ()
    metadata_imports: Sequence[str] = ()
    on_metadata: str = ""
    on_build: str = ""
    prepares_metadata: bool = True
    wheel_name: str | None = None
    wheel_version: str | None = None
    tag: str = "py3-none-any"

    @classmethod
    def failing(cls, message: str = "the compiler said no") -> Backend:
        """A build that fails with ``message``."""
        return cls(on_build=f"raise SystemExit({message!r})")

    @classmethod
    def printing(cls, megabytes: int) -> Backend:
        """A build that prints a lot."""
        return cls(on_build=f"for _ in range({megabytes} * 1024): print('x' * 1023)")

    @classmethod
    def waiting(cls, pipe: Path) -> Backend:
        """A build that says its process id into a named pipe and then sleeps for ten minutes.

        Whoever reads the pipe knows that the build runs, without having to poll. Once the pipe is removed the build
        does not wait any more.
        """
        return cls(on_build=WAIT.format(pipe=str(pipe)))

    @classmethod
    def writing(cls, path: Path) -> Backend:
        """A build that writes a file where it should not."""
        return cls(on_build=f"open({str(path)!r}, 'w').write('from a build')")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source distribution before it is packed.

    ``setup_py`` replaces the kit's backend by setuptools; ``pyproject`` replaces the generated ``pyproject.toml`` (an
    empty text: there is none). ``dynamic`` leaves the dependencies out of PKG-INFO, so that only a build can tell them.
    """

    name: str
    version: str
    requires: Sequence[str] = ()
    extras: Mapping[str, Sequence[str]] | None = None
    requires_python: str | None = None
    modules: Mapping[str, str] | None = None
    backend: Backend = Backend()
    setup_py: str | None = None
    pyproject: str | None = None
    dynamic: bool = False
    files: Mapping[str, Content] | None = None

    def tree(self) -> dict[str, Content]:
        """The files of the source tree, as they lie in a repository."""
        files: dict[str, Content] = {f"src/{name}": text for name, text in self._modules().items()}
        pyproject = self.pyproject
        if self.setup_py is not None:
            files = {**self._modules(), "setup.py": self.setup_py}
        else:
            files["kit_backend.py"] = _inside("kit_backend.py")
            files["kit_backend.json"] = json.dumps(self._settings())
            pyproject = self._pyproject() if pyproject is None else pyproject
        files["kit_built.py"] = _inside("kit_built.py")
        if pyproject:
            files["pyproject.toml"] = pyproject
        return files | dict(self.files or {})

    def write_tree(self, folder: Path) -> Path:
        """Write the source tree, for path, editable and git requirements."""
        return write_tree(folder, self.tree())

    def write_sdist(self, folder: Path, links: Mapping[str, str] | None = None) -> Path:
        """Write the sdist and return its path; ``links`` adds symbolic links."""
        base = f"{escaped(self.name)}-{self.version}"
        members = {f"{base}/{path}": content for path, content in {**self.tree(), "PKG-INFO": self._info()}.items()}
        archive_links = {f"{base}/{path}": target for path, target in (links or {}).items()}
        return write_tar(folder / f"{base}.tar.gz", members, archive_links)

    def _modules(self) -> dict[str, str]:
        return dict(self.modules or {f"{escaped(self.name)}/__init__.py": f'__version__ = "{self.version}"\n'})

    def _info(self) -> str:
        if self.dynamic:
            # What setuptools writes for a setup.py whose dependencies it cannot vouch for (PEP 643).
            fields = ("Requires-Dist", "Provides-Extra")
            return core_metadata(
                self.name, self.version, extras=self.extras, requires_python=self.requires_python, dynamic=fields
            )
        return core_metadata(
            self.name, self.version, requires=self.requires, extras=self.extras, requires_python=self.requires_python
        )

    def _settings(self) -> dict[str, object]:
        extras = self.extras or {}
        optional = [with_extra(requirement, extra) for extra, needed in extras.items() for requirement in needed]
        return asdict(self.backend) | {
            "name": canonicalize_name(self.name),
            "version": self.version,
            "requires": [*self.requires, *optional],
            "requires_python": self.requires_python,
            "extras": list(extras),
            "modules": self._modules(),
        }

    def _pyproject(self) -> str:
        system = {
            "requires": list(self.backend.requires),
            "build-backend": "kit_backend",
            "backend-path": ["."],
        }
        document: dict[str, object] = {"build-system": system}
        if not self.dynamic:
            project: dict[str, object] = {"name": self.name, "version": self.version}
            project["dependencies"] = list(self.requires)
            if self.extras:
                project["optional-dependencies"] = {extra: list(needed) for extra, needed in self.extras.items()}
            if self.requires_python:
                project["requires-python"] = self.requires_python
            document["project"] = project
        return tomli_w.dumps(document)


def _inside(name: str) -> str:
    return (_INSIDE / name).read_text(encoding="utf-8")
