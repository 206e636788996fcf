"""docs/compatibility.md says of every key what the readers do with it, and has all keys of pixi's and uv's schemas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interlock.core.toml import parse_toml
from interlock.manifest import load
from interlock.manifest.table import Table
from interlock_hooks.types import InterlockError

HERE = Path(__file__)
PAGE = HERE.parents[3] / "docs" / "compatibility.md"
SCHEMAS = HERE.parents[2] / "data" / "manifest_keys.toml"

PIXI = """
[workspace]
channels = [{ channel = "conda-forge" }]
platforms = ["osx-arm64", { name = "gpu", platform = "linux-64", cuda = "12" }]
conda-pypi-map = { conda-forge = { location = "map.json" } }
pypi-options = {}
dependencies = { a = "1" }
[dependencies]
a = { workspace = true }
b = { url = "https://example.com/linux-64/b-1-0.conda" }
e = { version = "*" }
c = { git = "https://example.com/c", rev = "1" }
d = { path = "d-1-0.conda" }
[pypi-dependencies]
b = { version = "*" }
c = { git = "https://example.com/c", lfs = true }
[activation]
[target.linux]
[feature.x]
channels = []
platforms = ["gpu"]
[environments]
e = { dependencies = { e = "*" }, channels = [], platforms = ["gpu"] }
"""
SYSTEM = """
[workspace]
channels = []
platforms = ["linux-64"]
[system-requirements]
"""
UV = """
[project]
name = "x"
[dependency-groups]
g = []
[tool.uv]
no-index = true
resolution = "lowest"
prerelease-package = { a = "allow" }
conflicts = [[{ extra = "a" }, { extra = "b" }]]
exclude-dependencies = [{ package = { name = "a" }, dependencies = [] }]
dependency-groups = { g = { requires-python = ">=3" } }
index = [{ url = "https://example.com", name = "i" }]
sources = { a = { index = "i" }, b = { workspace = true } }
dependency-metadata = [{ name = "a" }]
extra-build-dependencies = { a = [{ requirement = "z" }] }
workspace = { members = [] }
"""
CONDA = "channels: [conda-forge]\ndependencies: [python]\nprefix: /srv/env\n"

# The sections of the page: which file has such a table, and where.
SECTIONS: dict[str, tuple[str, str, tuple[str | int, ...]]] = {
    "pixi.toml": ("pixi.toml", PIXI, ()),
    "[workspace]": ("pixi.toml", PIXI, ("workspace",)),
    "An entry of platforms": ("pixi.toml", PIXI, ("workspace", "platforms", 1)),
    "An entry of channels": ("pixi.toml", PIXI, ("workspace", "channels", 0)),
    "An entry of conda-pypi-map": ("pixi.toml", PIXI, ("workspace", "conda-pypi-map", "conda-forge")),
    "A conda dependency": ("pixi.toml", PIXI, ("dependencies", "?")),
    "A PyPI dependency": ("pixi.toml", PIXI, ("pypi-dependencies", "?")),
    "[pypi-options]": ("pixi.toml", PIXI, ("workspace", "pypi-options")),
    "[system-requirements]": ("pixi.toml", SYSTEM, ("system-requirements",)),
    "[feature.NAME]": ("pixi.toml", PIXI, ("feature", "x")),
    "[target.SELECTOR]": ("pixi.toml", PIXI, ("target", "linux")),
    "[environments.NAME]": ("pixi.toml", PIXI, ("environments", "e")),
    "[activation]": ("pixi.toml", PIXI, ("activation",)),
    "[tool.uv]": ("pyproject.toml", UV, ("tool", "uv")),
    "An index": ("pyproject.toml", UV, ("tool", "uv", "index", 0)),
    "A source": ("pyproject.toml", UV, ("tool", "uv", "sources", "?")),
    "[tool.uv.workspace]": ("pyproject.toml", UV, ("tool", "uv", "workspace")),
    "Metadata of a package": ("pyproject.toml", UV, ("tool", "uv", "dependency-metadata", 0)),
    "A dependency of a build": ("pyproject.toml", UV, ("tool", "uv", "extra-build-dependencies", "a", 0)),
    "A group": ("pyproject.toml", UV, ("tool", "uv", "dependency-groups", "g")),
    "An element of a conflict": ("pyproject.toml", UV, ("tool", "uv", "conflicts", 0, 0)),
    "An override or exclusion of one package": ("pyproject.toml", UV, ("tool", "uv", "exclude-dependencies", 0)),
    "[project]": ("pyproject.toml", UV, ("project",)),
    "environment.yml": ("environment.yml", CONDA, ()),
}
# Where the whole manifest is refused, so that nothing else can be seen in it.
REFUSED = {
    ("[environments.NAME]", key): PIXI.replace("e = { dep", f"e = {{ {key} = {{}}, dep")
    for key in ("host-dependencies", "build-dependencies", "system-requirements")
}

Verdicts = dict[str, str]


@contextmanager
def recorded() -> Iterator[dict[tuple[str | int, ...], Verdicts]]:
    """By the path of each table that is read meanwhile: the keys that are read, and those that are only accepted."""
    found: dict[tuple[str | int, ...], Verdicts] = defaultdict(dict)
    raw, ignore = Table.raw, Table.ignore

    def read(self: Table, key: str) -> object:
        found[self.path][key] = "supported"
        return raw(self, key)

    def accept(self: Table, *keys: str) -> None:
        for key in keys:
            found[self.path].setdefault(key, "ignored")
        ignore(self, *keys)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Table, "raw", read)
        patch.setattr(Table, "ignore", accept)
        yield found


def is_at(path: tuple[str | int, ...], pattern: tuple[str | int, ...]) -> bool:
    return len(path) == len(pattern) and all(part in ("?", each) for each, part in zip(path, pattern, strict=True))


def before(pattern: tuple[str | int, ...]) -> str:
    """What keys of such tables begin with, as findings write them."""
    names = [str(part) for part in pattern if isinstance(part, str)]
    return ".".join(names).rstrip("?")


def of_readers(section: str, folder: Path) -> Verdicts:
    """What the readers do with each key of a section's table that they know."""
    name, text, pattern = SECTIONS[section]
    (folder / "map.json").write_text("{}")
    (folder / "d-1-0.conda").write_text("")
    (folder / name).write_text(text)
    with recorded() as tables:
        workspace = load(folder / name)
    verdicts: Verdicts = {}
    for path, found in tables.items():
        if is_at(path, pattern):
            verdicts |= found | {key: "supported" for key, verdict in verdicts.items() if verdict == "supported"}
    told = [(each, "warned") for each in workspace.findings if each.code == "IL114"]
    told += [(each, "refused") for each in workspace.refusals]
    told += [(each, "ignored") for each in workspace.findings if each.what == "'prefix' has no effect"]
    for finding, verdict in told:
        place = (finding.where.key or "") if finding.where else ""
        key = place.rpartition(".")[2]
        if place.startswith(before(pattern)) and (key in verdicts or key == "prefix"):
            verdicts[key] = verdict
    return verdicts


def of_page() -> dict[str, Verdicts]:
    """What the page says of each key, by section."""
    found: dict[str, Verdicts] = {}
    for part in re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        rows = re.findall(r"^\| (`.+?`) \| (\w+) \|", body, flags=re.MULTILINE)
        found[heading.strip("`")] = {key: verdict for keys, verdict in rows for key in re.findall(r"`([^`]+)`", keys)}
    return found


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_says_what_the_readers_do(section: str, tmp_path: Path) -> None:
    documented, known = of_page()[section], of_readers(section, tmp_path)
    known |= {key: "refused" for place, key in REFUSED if place == section}
    assert {key: documented.get(key) for key in known} == known


@pytest.mark.parametrize("section", SECTIONS)
def test_the_page_has_every_key_of_the_schemas_and_no_other(section: str, tmp_path: Path) -> None:
    listed = {key for tool in parse_toml(SCHEMAS.read_text()).values() for key in tool.get(section, ())}
    assert set(of_page()[section]) == {*listed, *of_readers(section, tmp_path)}


def test_the_page_has_no_other_sections() -> None:
    assert set(of_page()) == set(SECTIONS)


@pytest.mark.parametrize(("place", "text"), REFUSED.items())
def test_what_the_page_calls_refused_is_an_error(place: tuple[str, str], text: str, tmp_path: Path) -> None:
    path = tmp_path / "pixi.toml"
    path.write_text(text)
    with pytest.raises(InterlockError) as caught:
        load(path)
    assert any(each.where and (each.where.key or "").endswith(place[1]) for each in caught.value.findings)
