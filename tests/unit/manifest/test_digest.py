from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from textwrap import dedent

import pytest

from interlock.manifest import load
from interlock.manifest.digest import request_digest
from interlock_hooks.types import EnvironmentRequest

BASE = """
    [workspace]
    channels = ["conda-forge", "./channel"]
    platforms = ["linux-64", "linux-aarch64"]
    [dependencies]
    python = "3.12.*"
    [pypi-dependencies]
    torch = "*"
    lib = { path = "lib" }
    [pypi-options]
    find-links = [{ path = "wheels" }]
    index-url = "https://example.com/simple"
    [tool.interlock]
    plugins = ["p"]
    [tool.interlock.build]
    jobs = 1
    [tool.interlock.build.packages.torch]
    variables = { A = "1" }
    [tool.interlock.p]
    x = 1
    """


def request(root: Path, text: str = BASE) -> EnvironmentRequest:
    (root / "lib").mkdir(parents=True, exist_ok=True)
    path = root / "pixi.toml"
    path.write_text(dedent(text))
    return load(path).request("default", "linux-64")


def test_it_does_not_depend_on_the_place_of_the_project_or_of_its_lines(tmp_path: Path) -> None:
    first = request(tmp_path / "one")
    second = request(tmp_path / "deeper" / "two", "# moved\n\n\n" + dedent(BASE))
    assert request_digest(first) == request_digest(second)
    assert len(request_digest(first)) == 64
    assert str(tmp_path) not in request_digest(first)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.12.*", "3.13.*"),
        ('torch = "*"', 'torch = ">=2"'),
        ("conda-forge", "other"),
        ("./channel", "./other"),
        ('path = "wheels"', 'path = "other"'),
        ("simple", "other"),
        ('A = "1"', 'A = "2"'),
        ("x = 1", "x = 2"),
        ('plugins = ["p"]', 'plugins = ["q", "p"]'),
        ('lib = { path = "lib" }', 'lib = { path = "lib", editable = true }'),
        ("[pypi-options]", '[pypi-options]\nno-build-isolation = ["torch"]'),
        ("[dependencies]", '[system-requirements]\ncuda = "12"\n[dependencies]'),
        ("[dependencies]", '[constraints]\nzlib = "<2"\n[dependencies]'),
    ],
)
def test_what_decides_a_lock_changes_it(tmp_path: Path, old: str, new: str) -> None:
    assert request_digest(request(tmp_path)) != request_digest(request(tmp_path, BASE.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("jobs = 1", 'jobs = "auto"\ntimeout = 10\nmemory-per-job = "1GB"'),
        ("[dependencies]", '[activation.env]\nX = "1"\n[dependencies]'),
        ("[dependencies]", '[tasks]\nx = "1"\n[dependencies]'),
        ("[dependencies]", '[feature.x.dependencies]\na = "*"\n[dependencies]'),
        (', "linux-aarch64"', ""),
    ],
)
def test_what_does_not_decide_a_lock_leaves_it(tmp_path: Path, old: str, new: str) -> None:
    assert request_digest(request(tmp_path)) == request_digest(request(tmp_path, BASE.replace(old, new)))


def test_every_new_field_of_a_request_counts_unless_it_is_left_out_on_purpose(tmp_path: Path) -> None:
    base = request(tmp_path)
    changes = {
        "platform": "linux-aarch64",
        "requires_python": ">=3",
        "conda_exclude_newer": "2026-01-01",
        "constraints": ("a<1",),
        "overrides": ("a<1",),
        "torch_backend": "cu124",
        "pypi_names": {"a": ("b",)},
        "channel_priority": "disabled",
        "solve_strategy": "lowest",
        "build": replace(base.build, discovery="off"),
    }
    for name, value in changes.items():
        assert request_digest(replace(base, **{name: value})) != request_digest(base), name
    left_out = {"name": "other", "root": base.root, "requires_python_where": None, "activation": base.activation}
    for name, value in left_out.items():
        assert request_digest(replace(base, **{name: value})) == request_digest(base), name
    covered = {*changes, *left_out, "channels", "conda_specs", "conda_constraints", "system_requirements"}
    covered |= {"requirements", "pypi", "plugins", "settings"}
    assert {field.name for field in fields(EnvironmentRequest)} == covered
