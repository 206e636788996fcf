from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.cli.commands.env_exec import _without_place
from interlock.cli.main import main
from interlock.manifest import load
from interlock.project.throwaway import Wanted, guessed_spec, prune_throwaways, throwaway_manifest
from interlock_hooks.types import DerivationStep, Edit, Finding, InterlockError, Location


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERLOCK_CACHE_DIR", str(tmp_path))
    return tmp_path


def test_what_was_asked_for_is_in_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in (("mine", "package"), ("other", "other"), ("last", "extra/last")):
        (tmp_path / "here" / place).mkdir(parents=True)
        (tmp_path / "here" / place / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n')
    monkeypatch.chdir(tmp_path / "here")
    wanted = Wanted(
        ("python=3.12", "conda-forge::numpy >=2", "python=3.12"),
        ("httpie>3", "./package", "../here/other", "extra/last[x]", "--find-links https://links.example/a"),
        ("./channel", "bioconda"),
        "https://index.example/simple",
    )
    workspace = load(throwaway_manifest(wanted))
    assert workspace.findings == ()
    request = workspace.request()
    assert request.channels == (f"file://{tmp_path}/here/channel", "bioconda")
    assert [spec.spec for spec in request.conda_specs] == ["python 3.12.*", "conda-forge::numpy >=2", "pip"]
    assert [str(requirement.name) for requirement in request.requirements] == ["httpie", "mine", "other", "last"]
    assert request.pypi.find_links == ("https://links.example/a",)
    assert [index.url for index in request.pypi.indexes] == ["https://index.example/simple"]


def test_paths_of_options_and_after_names_are_those_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text("listed\n")
    (tmp_path / "limits.txt").write_text("listed<2\n")
    monkeypatch.chdir(tmp_path)
    lines = ("-r list.txt -c=limits.txt", "a[x] @ ./a ; python_version > '3'", "-e ./b#egg=b", "--find-links=wheels")
    request = load(throwaway_manifest(Wanted((), lines))).request
    texts = {"listed", f'a[x] @ file://{tmp_path}/a ; python_version > "3"'}
    with pytest.raises(InterlockError) as raised:
        request()
    (finding,) = raised.value.findings
    assert (finding.what, finding.why, finding.fix) == (f"'{tmp_path}/b' does not exist", "", "correct the path")
    (tmp_path / "b").mkdir()
    found = load(throwaway_manifest(Wanted((), lines))).request()
    assert {each.text for each in found.requirements} == texts | {f"b @ file://{tmp_path}/b"}
    assert (found.constraints, found.pypi.find_links) == (("listed<2",), (f"{tmp_path}/wheels",))


def test_conda_forge_is_the_default_and_python_comes_with_pypi() -> None:
    request = load(throwaway_manifest(Wanted((), ("httpie",)))).request()
    assert request.channels == ("conda-forge",)
    assert "python" in [spec.spec for spec in request.conda_specs]


def test_the_same_question_has_one_environment() -> None:
    first = throwaway_manifest(Wanted(("numpy",)))
    assert throwaway_manifest(Wanted(("numpy",))) == first
    assert throwaway_manifest(Wanted(("numpy",), channels=("bioconda",))) != first
    lock = first.with_name("interlock.lock")
    lock.touch()
    throwaway_manifest(Wanted(("numpy",)))
    assert lock.exists()
    throwaway_manifest(Wanted(("numpy",)), anew=True)
    assert not lock.exists()


@pytest.mark.parametrize(
    ("program", "spec"), [("cowpy", "cowpy"), ("c++filt", "c--filt"), ("./tool", None), ("/bin/ls", None)]
)
def test_a_program_may_have_the_name_of_its_package(program: str, spec: str | None) -> None:
    assert guessed_spec(program) == spec


MAKE = """
import os
from interlock.project.throwaway import Wanted, throwaway_manifest
print(throwaway_manifest(Wanted(("numpy",))).parent, flush=True)
"""


def test_only_what_nobody_uses_is_pruned(cache: Path) -> None:
    """Whoever made it has become another program meanwhile."""
    become = MAKE + 'os.execv("/bin/sh", ["sh", "-c", "read line"])\n'
    process = subprocess.Popen([sys.executable, "-c", become], stdin=-1, stdout=-1, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert folder.parent == cache / "exec"
    assert prune_throwaways(unused_for=0) == []
    process.communicate("\n", timeout=60)
    os.utime(folder / "used", (1, 1))
    assert prune_throwaways(unused_for=10) == [folder]
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == []


def test_what_was_used_lately_stays() -> None:
    subprocess.run([sys.executable, "-c", MAKE], check=True, capture_output=True)
    assert prune_throwaways(unused_for=3600) == []


def test_what_is_wrong_was_not_written_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "exec", "--json", "--pypi", "!wrong", "--", "tool"]) == 2
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["code"], finding["where"]) == ("IL109", None)
    assert "!wrong" in finding["what"]


def test_reasons_do_not_lead_there_either() -> None:
    mine, other = Location(file="/cache/environment.yml", line=9), Location(file="/work/channel.toml")
    steps = tuple(DerivationStep(kind="asks", side="conda", text="x", where=each) for each in (mine, other))
    edits = tuple(Edit(old="x", new="", where=each) for each in (mine, other))
    found = _without_place(Finding(code="IL210", what="x", where=mine, derivation=steps, edits=edits), mine.file)
    assert [each.where for each in found.derivation] == [None, other]
    assert [each.where and each.where.file for each in found.edits] == ["the command line", other.file]


@pytest.mark.parametrize(("words", "code"), [([], "IL190"), (["./tool"], "IL189")])
def test_a_command_that_says_too_little(words: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["env", "exec", "--json", "--", *words]) == 2
    assert [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]] == [code]
