"""``env why``, ``env tree`` and ``env diff`` on a locked project that has a bit of everything."""

from __future__ import annotations

import subprocess

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario

_MATCHED = '[tool.uv.extra-build-dependencies]\next = [{ requirement = "array", match-runtime = true }]\n'


@pytest.fixture
def mixed(project: Project) -> Project:
    """A project that is locked: conda provides a distribution which a wheel and a matched build need."""
    for version in ("1.0", "2.0"):
        project.channel.add_distribution("array", version, python=PYTHON)
    project.index.wheel("app", "1.0", requires=["array>=1"])
    project.index.wheel("app", "2.0", requires=["array>=1", "more"])
    project.index.wheel("more", "1.0")
    project.index.sdist("ext", "1.0", requires=["array"])
    project.index.wheel("old", "1.0", requires=["array<2"])
    project.declare("app==1.0", "ext", conda={"array": ">=1"}, extra=_MATCHED)
    project.make_lock().ok()
    return project


def test_why_and_tree_cross_both_ecosystems(mixed: Project) -> None:
    shown = mixed.run("env", "why", "Array").ok().out
    for fact in (
        "array 2.0 (conda)",
        "known by the channel (purl)",
        "asks for array >=1",
        "app 1.0 (PyPI) needs array>=1",
        "ext 1.0 (matched) is built with array",
        "← tightest lower bound",
    ):
        assert fact in shown
    (package,) = mixed.run("env", "why", "array", "--json").ok().json["packages"]
    assert (package["ecosystem"], package["version"], len(package["chains"])) == ("conda", "2.0", 3)
    assert "did you mean array?" in mixed.run("env", "why", "aray", "--json").failed(1, "IL693")["fix"]

    tree = mixed.run("env", "tree").ok()
    assert "└── array 2.0 (conda)  >=1  (*)" in tree.out
    assert tree.err == ""
    written = mixed.run("env", "tree", "array", "--html", "tree.html", "--json").ok().json
    assert (written["file"], written["changed"], written["text"]) == ("tree.html", True, None)
    page = mixed.root.joinpath("tree.html").read_text()
    assert mixed.run("env", "tree", "array", "--html", "-").ok().out == page
    assert "is up to date" in mixed.run("env", "tree", "array", "--html", "tree.html").ok().out
    inverted = mixed.run("env", "tree", "--invert", "array", "--json").ok().json
    assert {"line:2", "pypi:app", "pypi:ext"} <= {node["key"] for node in inverted["nodes"]}


def test_what_an_install_records_is_what_looking_gives(mixed: Project) -> None:
    mixed.install().ok()
    record = mixed.prefix / "conda-meta" / "interlock-graph"
    commands = [
        ("env", *words, *end)
        for words in (
            *(("tree",), ("tree", "--depth", "1"), ("tree", "--invert", "--build"), ("tree", "ext", "--build")),
            *(("why", "Array"), ("why", "-v", "python"), ("why", "ext"), ("tree", "absent")),
        )
        for end in ((), ("--json",))
    ]
    recorded = [mixed.run(*command) for command in commands]
    text = record.read_text()
    record.write_text(text.replace("array", "arrow"))
    looked_up = [mixed.run(*command) for command in commands]
    assert [(done.code, done.out, done.err) for done in recorded] == [
        (done.code, done.out, done.err) for done in looked_up
    ]
    record.write_text(text)
    elsewhere = mixed.root / "below"
    elsewhere.mkdir()
    assert f"{mixed.root}/pyproject.toml:" in mixed.run("env", "why", "array", cwd=elsewhere).ok().out
    mixed.declare("app==1.0", "ext", conda={"array": ">=2"}, extra=_MATCHED)
    assert "IL621" in mixed.run("env", "why", "array").ok().err, "the record does not hold any more"


def test_diff_says_what_changed_since_the_commit_and_why(mixed: Project) -> None:
    mixed.run("env", "diff", "--json").failed(1, "IL623")
    for args in (["init", "-q"], ["add", "interlock.lock", "pyproject.toml"], ["commit", "-q", "-m", "lock"]):
        identity = ["-c", "user.name=kit", "-c", "user.email=kit@example.org"]
        subprocess.run(["git", *identity, *args], cwd=mixed.root, check=True)
    assert "no differences" in mixed.run("env", "diff").ok().out
    # What conda supplies has to give way to what PyPI brings.
    mixed.declare("app==2.0", "ext", "old", conda={"array": ">=1"}, extra=_MATCHED)
    mixed.make_lock().ok()
    lines = mixed.run("env", "diff").ok().out.splitlines()
    assert [line.strip() for line in lines if not line.startswith("      because")] == [
        "HEAD → interlock.lock",
        "default on linux-64: 2 added, 1 upgraded, 1 downgraded, 1 rebuilt",
        "↑ app 1.0 → 2.0 (PyPI, upgraded)",
        "↓ array 2.0 → 1.0 (conda, downgraded)",
        "~ ext 1.0 (PyPI, rebuilt)",
        "+ more 1.0 (PyPI, added)",
        "+ old 1.0 (PyPI, added)",
    ]
    assert "      because app 2.0 (PyPI, was 1.0) requires more" in lines
    (environment,) = mixed.run("env", "diff", "--json").ok().json["environments"]
    causes = {change["name"]: change["causes"][0]["text"] for change in environment["changes"]}
    assert causes["array"] == "old 1.0 (PyPI, new) requires array<2"
    assert causes["ext"] == "it is matched to array, which changed: 2.0 → 1.0"
