"""A local package index of tiny distributions with any dependency shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from interlock_hooks.testing.files import Content, place
from interlock_hooks.testing.sdists import Backend, Source
from interlock_hooks.testing.server import Served
from interlock_hooks.testing.wheels import write_wheel


class Index:
    """A directory of distributions; it serves as find-links as it is, and as a simple index through ``served``."""

    def __init__(self, folder: Path, served: Served | None = None) -> None:
        self.folder = folder
        self._served = served
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """The address of the simple index."""
        return self.served.url

    @property
    def served(self) -> Served:
        """The running server, with its log of requests."""
        if self._served is None:
            raise RuntimeError("this index is a directory only; serve it with interlock_hooks.testing.server.serve")
        return self._served

    def offer(self, file: Path) -> Path:
        """Offer a distribution file that exists already."""
        target = self.folder / file.name
        place(file, target)
        return target

    def wheel(
        self,
        name: str,
        version: str,
        *,
        requires: Sequence[str] = (),
        extras: Mapping[str, Sequence[str]] | None = None,
        requires_python: str | None = None,
        modules: Mapping[str, Content] | None = None,
        scripts: Mapping[str, str] | None = None,
        tag: str = "py3-none-any",
    ) -> Path:
        """Add a wheel; see :func:`interlock_hooks.testing.wheels.write_wheel`."""
        return write_wheel(
            self.folder,
            name,
            version,
            requires=requires,
            extras=extras,
            requires_python=requires_python,
            modules=modules,
            scripts=scripts,
            tag=tag,
        )

    def sdist(
        self,
        name: str,
        version: str,
        *,
        requires: Sequence[str] = (),
        extras: Mapping[str, Sequence[str]] | None = None,
        requires_python: str | None = None,
        modules: Mapping[str, str] | None = None,
        backend: Backend = Backend(),
        setup_py: str | None = None,
        pyproject: str | None = None,
        dynamic: bool = False,
        files: Mapping[str, Content] | None = None,
        links: Mapping[str, str] | None = None,
    ) -> Path:
        """Add an sdist; see :class:`.sdists.Source`, and :class:`.sdists.Backend` for how it builds."""
        source = Source(
            name=name,
            version=version,
            requires=requires,
            extras=extras,
            requires_python=requires_python,
            modules=modules,
            backend=backend,
            setup_py=setup_py,
            pyproject=pyproject,
            dynamic=dynamic,
            files=files,
        )
        return source.write_sdist(self.folder, links)
