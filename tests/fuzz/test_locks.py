"""Whatever is in interlock.lock: it is refused as damaged, or every command can work with it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given

from interlock.engines.pylock import exact_document
from interlock.engines.rattler.convert import to_rattler
from interlock.graph.assemble import assemble
from interlock.graph.changes import compare
from interlock.graph.model import Graph
from interlock.graph.tree import TreeOptions, make_tree
from interlock.graph.why import why
from interlock.install.listing import locked_packages
from interlock.lock.reader import parse, read
from interlock.lock.writer import render
from interlock.solve.names import depends_on_python, purl_names
from interlock_hooks.types import InterlockError, LockedEnvironment
from kit.fuzzing import no_hang, share, told
from kit.strategies.lock_files import LOCK, ROOT, lock_files

KNOWN = {
    (each.environment.name, each.environment.platform): each.environment
    for entry in LOCK.environments
    for each in entry.platforms
}


def graph_of(locked: LockedEnvironment) -> Graph:
    return assemble(locked, None)


def use(locked: LockedEnvironment) -> None:
    """Ask of a locked environment what `env list`, `why`, `tree`, `diff`, `install` ask."""
    locked_packages(locked)
    graph = graph_of(locked)
    for node in graph.nodes.values():
        why(graph, node)
    for invert in (False, True):
        make_tree(graph, (), TreeOptions(invert=invert, builds=True))
    before = graph_of(KNOWN["default", "linux-64"])
    compare(before, graph)
    compare(graph, before)
    for record in locked.conda.records:
        depends_on_python(record)
        purl_names(record)
    exact_document(locked.resolution.packages, {})
    with suppress(InterlockError):
        to_rattler(locked.conda.records)


def survives(path: Path) -> None:
    lock = read(path, root=ROOT)
    assert lock is not None
    for entry in lock.environments:
        for each in entry.platforms:
            use(each.environment)
    text = render(lock, ROOT)
    assert render(parse(text, path=path, root=ROOT), ROOT) == text


def test_the_lock_that_is_changed_is_valid() -> None:
    assert parse(render(LOCK, ROOT), path=ROOT / "interlock.lock", root=ROOT) == LOCK
    for locked in KNOWN.values():
        use(locked)
        to_rattler(locked.conda.records)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("locks")


@share(0.16)
@given(lock_files)
def test_any_lock(folder: Path, content: bytes) -> None:
    path = folder / "interlock.lock"
    path.write_bytes(content)
    with no_hang():
        try:
            survives(path)
        except InterlockError as error:
            told(error, "IL601", "IL602", "IL603", "IL604")
