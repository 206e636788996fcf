"""Direct references in every spelling that people use, as absolute URLs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.references import absolute_reference
from manifest.conftest import Room, line

ROOT = Path("/work space/project")
HERE = "file:///work%20space/project"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("./lib", f"{HERE}/lib"),
        ("lib", f"{HERE}/lib"),
        ("../x-1.0-py3-none-any.whl", "file:///work%20space/x-1.0-py3-none-any.whl"),
        ("/srv/lib", "file:///srv/lib"),
        ("./lib#subdirectory=python", f"{HERE}/lib/python"),
        ("file:///srv/lib#egg=lib&subdirectory=a%20b", "file:///srv/lib/a%20b#egg=lib"),
        ("./lib.tar.gz#subdirectory=python", f"{HERE}/lib.tar.gz#subdirectory=python"),
        ("file:./lib", f"{HERE}/lib"),
        ("file:lib", f"{HERE}/lib"),
        ("file://./lib", f"{HERE}/lib"),
        ("file://../lib", "file:///work%20space/lib"),
        ("file:///srv/a%20b", "file:///srv/a%20b"),
        ("file://localhost/srv/lib", "file:///srv/lib"),
        ("git+./lib", f"git+{HERE}/lib"),
        ("git+../lib@v1#subdirectory=python", "git+file:///work%20space/lib@v1#subdirectory=python"),
        ("git+file:./lib@main", f"git+{HERE}/lib@main"),
        ("git+git@example.com:org/lib.git@v1", "git+ssh://git@example.com/org/lib.git@v1"),
        ("git+https://example.com/lib.git@v1", "git+https://example.com/lib.git@v1"),
        ("HTTPS://example.com/lib-1.0.tar.gz#sha256=ab", "https://example.com/lib-1.0.tar.gz#sha256=ab"),
        ("{root:uri}/lib", f"{HERE}/lib"),
        ("{root:parent:uri}/lib", "file:///work%20space/lib"),
        ("{root}/lib", f"{HERE}/lib"),
        ("file://{root}/lib", f"{HERE}/lib"),
        ("${PROJECT_ROOT}/lib", f"{HERE}/lib"),
        ("file:///${PROJECT_ROOT}/lib", f"{HERE}/lib"),
        ("../project/./lib", f"{HERE}/lib"),
        ("file:///srv/./a/../lib", "file:///srv/lib"),
        ("git+file:///srv/./lib@v1", "git+file:///srv/lib@v1"),
        ("git+https://example.com/a/../lib.git@v1", "git+https://example.com/lib.git@v1"),
        ("https://example.com/a/../lib-1.0.tar.gz", "https://example.com/lib-1.0.tar.gz"),
    ],
)
def test_what_is_relative_starts_from_the_directory_of_the_manifest(written: str, expected: str) -> None:
    assert absolute_reference(written, ROOT) == expected
    assert absolute_reference(expected, Path("/elsewhere")) == expected


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("https://host:port/x.whl", "port is not a number"),
        ("https://[::1/x.whl", "IPv6"),
        ("https:///x.whl", "no host"),
        ("https://example.com/lib", "neither a wheel"),
        ("ftp://example.com/x.whl", "'ftp'"),
        ("ssh://git@example.com/x", "write git+ssh:"),
        ("hg+https://example.com/x", "only those of git"),
        ("git+git://example.com/x", "'git+git'"),
        ("git+https://host:port/x", "port is not a number"),
        ("file://host/lib", "the host 'host'"),
        ("{env:LIBS}/lib", "{env:LIBS}"),
        ("{root:url}/lib", "{root:uri}"),
    ],
)
def test_what_nothing_can_be_fetched_from(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".*") as caught:
        absolute_reference(written, ROOT)
    assert why in str(caught.value)


@given(st.text(alphabet="./@:#+%{}[]~agfiletrouhps$ \\", max_size=14))
def test_any_text_is_an_absolute_url_or_a_value_error(text: str) -> None:
    try:
        found = absolute_reference(text, ROOT)
    except ValueError:
        return
    assert urlsplit(found.removeprefix("git+")).scheme in ("file", "http", "https", "ssh")
    assert absolute_reference(found, Path("/elsewhere")) == found


@pytest.mark.parametrize(
    "table",
    [
        '[project]\nname = "demo"\ndependencies = [\n{}]',
        '[project]\nname = "demo"\n[project.optional-dependencies]\nx = [{}]',
        '[project]\nname = "demo"\n[dependency-groups]\nx = [{}]',
        '[project]\nname = "demo"\n[tool.uv]\nconstraint-dependencies = [{}]',
        '[project]\nname = "demo"\n[tool.uv]\noverride-dependencies = [{}]',
        '[project]\nname = "demo"\n[tool.uv]\ndev-dependencies = [{}]',
        '[project]\nname = "demo"\n[tool.uv.extra-build-dependencies]\nx = [{}]',
    ],
)
def test_a_reference_that_cannot_be_read_is_reported_at_its_line(room: Room, table: str) -> None:
    found = room.error(table.replace("{}", '"lib @ https://user:secret@host:port/lib-1.0.whl"'))
    assert (found.code, line(found)) == ("IL109", 4)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    "source",
    ['url = "https://host:port/lib-1.0-py3-none-any.whl"', 'git = "https://host:port/lib"', 'git = "foo://h/l"'],
)
def test_a_source_that_cannot_be_read_is_reported_at_its_line(room: Room, source: str) -> None:
    found = room.error(f"""
        [project]
        name = "demo"
        dependencies = ["lib"]
        [tool.uv.sources]
        lib = {{ {source} }}
    """)
    assert (found.code, line(found)) == ("IL109", 5)
    assert room.pixi_error(f"[pypi-dependencies]\nlib = {{ {source} }}").code == "IL109"
