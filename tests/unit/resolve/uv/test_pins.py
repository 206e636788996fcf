from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.resolve.uv.pins import mark_constraint, pin_constraints, pin_version
from interlock_hooks.types import Metadata, PyPIRequest
from unit.resolve.asking import LINUX, provided


@pytest.mark.parametrize(
    ("conda", "pep440"),
    [
        ("2.1.3", "2.1.3"),
        ("1!2.0", "1!2.0"),
        ("2.1.3+CPU", "2.1.3+cpu"),
        ("9e", "9"),
        ("2023_05", "2023"),
        ("main", "0"),
    ],
)
def test_versions(conda: str, pep440: str) -> None:
    assert pin_version(conda) == pep440


@given(st.text(max_size=20))
def test_every_text_gives_a_version(text: str) -> None:
    Version(pin_version(text))


def stub(line: str) -> Path:
    return Path(unquote(urlsplit(line.split(" @ ")[1]).path))


def pinned(text: str, *metadata: Metadata) -> list[str]:
    request = PyPIRequest(
        environment="default", python=LINUX, root="/", requirements=(), provided=(provided(text),), metadata=metadata
    )
    return pin_constraints(request)


def test_a_stub_is_a_wheel_without_content() -> None:
    version, url = pinned("Ruamel.YAML 0.18")
    assert version == "ruamel-yaml==0.18"
    with zipfile.ZipFile(stub(url)) as wheel:
        assert sorted(wheel.namelist()) == [
            f"ruamel_yaml-0.18.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL")
        ]
        assert b"Requires-Dist" not in wheel.read("ruamel_yaml-0.18.dist-info/METADATA")


def test_stubs_are_made_once_and_mended() -> None:
    path = stub(mark_constraint())
    first = path.stat().st_mtime_ns
    mark_constraint()
    assert path.stat().st_mtime_ns == first
    content = path.read_bytes()
    path.write_bytes(b"")
    mark_constraint()
    assert path.read_bytes() == content


def test_extras_are_kept_and_have_a_stub_of_their_own() -> None:
    name = canonicalize_name("fsspec")
    known = Metadata(name=name, requires_dist=("always", 's3fs ; extra == "s3"'), provides_extra=("s3",))
    plain = stub(pinned("fsspec 1.0")[1])
    rich = stub(pinned("fsspec 1.0", known)[1])
    assert plain != rich
    assert stub(pinned("fsspec 1.0", replace(known, version="1.0"))[1]) == rich
    assert stub(pinned("fsspec 1.0", replace(known, version="1.1"))[1]) == plain
    with zipfile.ZipFile(rich) as wheel:
        text = wheel.read("fsspec-1.0.dist-info/METADATA").decode()
    assert "Provides-Extra: s3" in text
    assert 'Requires-Dist: s3fs ; extra == "s3"' in text
    assert "always" not in text
