"""Whether files are what packages brought, by content."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.engines.damage import find_damage
from interlock.engines.ownership import Claim, installed_claim
from interlock.engines.python.distributions import distributions_in, record_digest


def claim(name: str, files: dict[str, str | None], *, conda: bool = False) -> Claim:
    """A package that brought files with these contents."""
    digests = {
        path: None if text is None else record_digest(hashlib.sha256(text.encode()).digest())
        for path, text in files.items()
    }
    return Claim(canonicalize_name(name), name, digests, conda=name if conda else None)


def damage(prefix: Path, *owners: Claim, others: tuple[Claim, ...] = ()) -> dict[str, tuple[list[str], list[str]]]:
    found = find_damage(prefix, owners, others=others)
    return {each.owner.label: (list(each.missing), list(each.changed)) for each in found}


def test_missing_and_changed_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "same").write_text("1")
    (tmp_path / "other").write_text("2")
    (tmp_path / "unknown").write_text("anything")
    (tmp_path / "folder").mkdir()
    (tmp_path / "x.pyc").write_text("stale")
    one = claim("one", {"same": "1", "other": "1", "gone": "1", "unknown": None, "folder": "1", "x.pyc": "1"})
    assert damage(tmp_path, one, claim("two", {"same": "1"})) == {"one": (["gone"], ["other", "folder"])}


def test_a_shared_file_may_be_that_of_any_owner(tmp_path: Path) -> None:
    (tmp_path / "ns").mkdir()
    (tmp_path / "both").write_text("second")
    (tmp_path / "ns/__init__.py").write_text("")
    extend = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    one = claim("one", {"both": "first", "ns/__init__.py": extend})
    two = claim("two", {"both": "second"})
    assert damage(tmp_path, one, two) == {}
    assert damage(tmp_path, one, others=(two,)) == {}
    assert damage(tmp_path, one) == {"one": ([], ["both"])}


def test_links_are_condas_matter(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("2")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "loose").symlink_to("nowhere")
    files: dict[str, str | None] = {"link": "1", "loose": "1"}
    assert damage(tmp_path, claim("one", files, conda=True)) == {}
    assert damage(tmp_path, claim("one", files)) == {"one": ([], ["link", "loose"])}


@pytest.mark.parametrize("algorithm", ["sha384", "sha512", "blake2b"])
def test_a_wheel_may_record_other_hashes_than_sha256(tmp_path: Path, algorithm: str) -> None:
    (tmp_path / "same").write_text("1")
    (tmp_path / "other").write_text("2")
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, b"1").digest()).rstrip(b"=").decode()
    files = {"same": f"{algorithm}={digest}", "other": f"{algorithm}={digest}"}
    assert damage(tmp_path, Claim(canonicalize_name("one"), "one", files)) == {"one": ([], ["other"])}


def test_a_hash_of_an_unknown_kind_tells_only_that_the_file_exists(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("1")
    files = {"here": "md9=abc", "gone": "md9=abc"}
    assert damage(tmp_path, Claim(canonicalize_name("one"), "one", files)) == {"one": (["gone"], [])}


def test_recorded_files_without_a_hash_may_not_be_missing(tmp_path: Path) -> None:
    info = tmp_path / "site/one-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text("one.py,,\n__pycache__/one.pyc,,\none-1.0.dist-info/RECORD,,\n")
    (found,) = distributions_in(tmp_path / "site")
    assert damage(tmp_path, installed_claim(found, tmp_path, metadata=True)) == {"one 1.0": (["site/one.py"], [])}
    assert dict(installed_claim(found, tmp_path).files) == {}
