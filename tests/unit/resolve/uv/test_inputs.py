"""What uv is given; that it does what is meant is seen in test_compile.py."""

from __future__ import annotations

from pathlib import Path

import tomli
from packaging.utils import canonicalize_name

from interlock.engines.logins import logged_in
from interlock.resolve.uv.inputs import variables_for, write_inputs
from interlock.resolve.uv.settings import uv_settings
from interlock_hooks.types import Index, Metadata, NameSelection, PyPIOptions
from unit.resolve.asking import Asker, requirement


def test_settings(ask: Asker) -> None:
    names = NameSelection(names=frozenset({canonicalize_name("b"), canonicalize_name("a")}))
    options = PyPIOptions(
        indexes=(Index(url="https://one.example/simple", default=True), Index(url="wheels", name="w", format="flat")),
        find_links=("links", "https://two.example/links"),
        index_strategy="unsafe-first-match",
        prerelease="explicit",
        exclude_newer="2026-01-01",
        no_build=NameSelection(everything=True),
        no_binary=names,
    )
    declared = Metadata(
        name=canonicalize_name("a"), requires_dist=("b",), requires_python=">=3.9", provides_extra=("x",)
    )
    root = str(ask.root)
    assert uv_settings(ask.request("a", options=options, metadata=(declared,))) == {
        "index": [
            {"name": "interlock-1", "url": "https://one.example/simple", "default": True},
            {"name": "w", "url": f"{root}/wheels", "format": "flat"},
        ],
        "find-links": [f"{root}/links", "https://two.example/links"],
        "index-strategy": "unsafe-first-match",
        "prerelease": "explicit",
        "exclude-newer": "2026-01-01",
        "no-build": True,
        "no-binary-package": ["a", "b"],
        "dependency-metadata": [
            {"name": "a", "requires-dist": ["b"], "requires-python": ">=3.9", "provides-extra": ["x"]}
        ],
    }


def test_files_and_arguments(tmp_path: Path, ask: Asker) -> None:
    request = ask.request(
        "leaf[x] ; python_version > '3'",
        requirement("tree[y] @ file:///some%20tree", editable=True),
        conda=("numpy 2.1.3",),
        constraints=("six<2",),
        overrides=("seven>1",),
        preferred=((canonicalize_name("leaf"), "1.0"),),
    )
    arguments = list(map(str, write_inputs(request, tmp_path, ["eight>2"])))
    assert "--torch-backend" not in arguments
    assert arguments[arguments.index("--python-version") + 1] == "3.12.7"
    project = tomli.loads((tmp_path / "pyproject.toml").read_text())
    assert project["project"]["dependencies"] == ['leaf[x]; python_version > "3"', "tree[y]"]
    assert project["tool"]["uv"]["sources"] == {"tree": {"path": "/some tree", "editable": True}}
    constraints = (tmp_path / "constraints.txt").read_text().splitlines()
    assert constraints[:2] == ["six<2", "numpy==2.1.3"]
    assert constraints[2].startswith("numpy @ file:///")
    assert (tmp_path / "overrides.txt").read_text().splitlines() == ["seven>1", "eight>2"]
    earlier = tomli.loads((tmp_path / "pylock.toml").read_text())
    assert earlier["packages"] == [{"name": "leaf", "version": "1.0"}]


def test_who_asks_for_a_repository_is_only_in_the_variables(tmp_path: Path, ask: Asker) -> None:
    text = "lib @ git+https://me:s3cr3t@h.example/lib.git@main"
    request = ask.request(text, constraints=(text,), overrides=(text,))
    with logged_in((), [text]):
        arguments = write_inputs(request, tmp_path, [text])
        assert list(variables_for(request)).count("GIT_CONFIG_KEY_0") == 1
    written = "".join(path.read_text() for path in tmp_path.iterdir() if path.is_file())
    assert written.count("git+https://h.example/lib.git@main") >= 3
    assert "s3cr3t" not in f"{arguments}{written}"
