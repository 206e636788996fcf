from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.core.files import without_case
from interlock.engines.ownership import Claim, conda_claim
from interlock.engines.python.distributions import record_digest
from interlock.install.clashes import clash_findings, find_clashes
from interlock_hooks.types import Severity

SITE = "lib/python3.12/site-packages"


def sha(text: str) -> str:
    return record_digest(hashlib.sha256(text.encode()).digest())


def found(new: Claim, *others: Claim) -> list[str]:
    clashes = find_clashes([new], others, site_packages=SITE)
    return [finding.code for finding in clash_findings(clashes)]


def files(name: str, **texts: str) -> Claim:
    return Claim(canonicalize_name(name), f"{name} 1", {path: sha(text) for path, text in texts.items()})


@pytest.mark.parametrize(
    ("path", "one", "two", "codes"),
    [
        ("pkg/a.py", "x", "y", ["IL612"]),
        ("pkg/a.py", "x", "x", []),
        ("pkg/__init__.py", "", "code", ["IL612"]),
        ("ns/__init__.py", "", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n", []),
        ("tests/test_a.py", "x", "y", ["IL613"]),
        ("LICENSE", "x", "y", ["IL613"]),
        ("six.py", "x", "y", ["IL612"]),
        ("../../../bin/tool", "x", "y", ["IL612"]),
    ],
)
def test_pairs_of_wheels(path: str, one: str, two: str, codes: list[str]) -> None:
    place = "bin/tool" if path.startswith("..") else f"{SITE}/{path}"
    assert found(files("new", **{place: one}), files("old", **{place: two})) == codes


def test_shared_directories_are_no_clash() -> None:
    assert found(files("new", **{f"{SITE}/ns/a.py": "x"}), files("old", **{f"{SITE}/ns/b.py": "y"})) == []


@pytest.mark.parametrize(("content", "clashing"), [("other", [("Tool.py", "old")]), ("same", [])])
def test_names_that_a_disk_does_not_tell_apart(content: str, clashing: list[tuple[str, str]]) -> None:
    new, old = files("new", **{f"{SITE}/Tool.py": content}), files("old", **{f"{SITE}/tool.py": "same"})
    assert find_clashes([new], [old], site_packages=SITE) == []
    found = find_clashes([new], [old], site_packages=SITE, same_file=without_case)
    assert [(Path(each.path).name, each.taken.name) for each in found] == clashing


def test_newcomers_clash_with_each_other() -> None:
    both = [files("a", **{f"{SITE}/x.py": "1"}), files("b", **{f"{SITE}/x.py": "2"})]
    (finding,) = clash_findings(find_clashes(both, [], site_packages=SITE))
    assert finding.what.startswith("b 1 and a 1 both contain 1 file with")


@pytest.mark.parametrize(("content", "codes"), [("conda", []), ("wheel", ["IL612"])])
def test_conda_files(content: str, codes: list[str]) -> None:
    linked = hashlib.sha256(b"conda").hexdigest()
    conda = [conda_claim("num", {f"{SITE}/num.py": linked}), conda_claim("num-extra", {f"{SITE}/other.py": None})]
    assert found(files("new", **{f"{SITE}/num.py": content}), files("old"), *conda) == codes


def test_a_newcomer_clashes_with_every_owner() -> None:
    others = [files(name, **{f"{SITE}/x.py": "1"}) for name in ("a", "b")]
    clashes = find_clashes([files("c", **{f"{SITE}/x.py": "2"})], others, site_packages=SITE)
    assert [clash.taken.name for clash in clashes] == ["a", "b"]


def test_an_unreadable_digest_of_conda_is_an_unknown_one() -> None:
    assert conda_claim("num", {"a": "not hexadecimal", "b": None}).files == {"a": None, "b": None}


def test_many_files_make_one_finding() -> None:
    texts = {f"{SITE}/pkg/{number}.py": "" for number in range(9)}
    other = dict.fromkeys(texts, "x")
    (finding,) = clash_findings(find_clashes([files("new", **texts)], [files("old", **other)], site_packages=SITE))
    assert "9 files" in finding.what
    assert finding.details[-1] == "and 4 more"
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize("digest", [sha("x"), None])
def test_no_wheel_has_files_among_the_records_of_the_environment(digest: str | None) -> None:
    wheel = Claim(canonicalize_name("evil"), "evil 1", {"conda-meta/interlock": digest, "share/conda-meta/x": digest})
    (finding,) = clash_findings(find_clashes([wheel], [], site_packages=SITE))
    assert finding.code == "IL612"
    assert finding.what.startswith("evil 1 and the records of the environment both contain 1 file with")
    assert finding.details == ("conda-meta/interlock",)
