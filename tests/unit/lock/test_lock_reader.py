from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.core import files
from interlock.lock.model import Lock
from interlock.lock.reader import read
from interlock.lock.writer import write
from interlock_hooks.types import (
    Artifact,
    CondaRecord,
    CondaSolution,
    Finding,
    Index,
    InterlockError,
    LockedEnvironment,
    PyPIPackage,
    PythonTarget,
    Resolution,
)


def sample() -> Lock:
    """A lock of one environment with a record and two packages."""
    record = CondaRecord(
        name="python",
        version="3.12.7",
        build="h0_0",
        build_number=0,
        subdir="linux-64",
        url="https://conda.example/linux-64/python-3.12.7-h0_0.conda",
        file_name="python-3.12.7-h0_0.conda",
        channel="https://conda.example",
        size=3,
    )
    packages = tuple(
        PyPIPackage(
            name=name,  # type: ignore[arg-type]
            version="1.0",
            artifact=Artifact(kind="wheel", url=f"https://pypi.example/{name}.whl", filename=f"{name}.whl"),
        )
        for name in ("app", "lib")
    )
    locked = LockedEnvironment(
        name="default",
        platform="linux-64",
        conda=CondaSolution(platform="linux-64", records=(record,)),
        resolution=Resolution(python=PythonTarget(version="3.12.7", platform="linux-64"), packages=packages),
    )
    return Lock().with_environment(locked, digest="sha256:0", indexes=(Index(url="https://pypi.example/simple"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The sample, written."""
    made = tmp_path / "interlock.lock"
    write(made, sample())
    return made


def failure(path: Path) -> Finding:
    with pytest.raises(InterlockError) as caught:
        read(path)
    (finding,) = caught.value.findings
    assert finding.fix
    assert finding.where is not None
    assert finding.where.file == str(path)
    return finding


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_no_file_is_no_lock(tmp_path: Path) -> None:
    assert read(tmp_path / "interlock.lock") is None


@pytest.mark.parametrize(("version", "word"), [(2, "upgrade"), (0, "remove")])
def test_another_format_version(path: Path, version: int, word: str) -> None:
    change(path, "version = 1", f"version = {version}")
    finding = failure(path)
    assert finding.code == "IL601"
    assert f"version {version}" in finding.what
    assert word in finding.fix


@pytest.mark.parametrize(
    ("old", "new", "key", "heading"),
    [
        ("version = 1\n", "", "version", None),
        ("version = 1\n", "version = true\n", "version", None),
        ("size = 3", 'size = "3"', "conda[0].size", "[[conda]]"),
        ("size = 3", "size = 3\ncolour = 1", "conda[0].colour", "[[conda]]"),
        ("build-number = 0\n", "", "conda[0]", "[[conda]]"),
        ('"app.whl",', '"gone.whl",', "environments.default.platforms.linux-64.resolution.packages[0]", "resolution]"),
        ('name = "lib"\n', "name = 7\n", "pypi[1].name", "[[pypi]]"),
        ('digest = "sha256:0"\n', "", "environments.default.platforms.linux-64.digest", "linux-64]"),
        ("[environments.default]\n", "[environments.default]\nodd = 1\n", "environments.default.odd", "default]"),
        ('kind = "wheel"', 'kind = "whel"', "pypi[0].artifact.kind", "[[pypi]]"),
        ("version = 1\n", "version = 1\nextra = 1\n", "extra", None),
        ('name = "lib"\n', 'name = "lib"\nrequires = ["a", "=>1"]\n', "pypi[1].requires", "[[pypi]]"),
        ("version = 1\n", "version = 1\nconda = 1\n", None, None),
    ],
)
def test_a_damaged_lock_says_where(path: Path, old: str, new: str, key: str | None, heading: str | None) -> None:
    change(path, old, new)
    finding = failure(path)
    assert finding.code == "IL602"
    assert finding.where is not None
    assert finding.where.key == key
    if heading is not None:
        assert finding.where.line is not None
        assert path.read_text().splitlines()[finding.where.line - 1].endswith(heading)


def test_the_line_is_that_of_the_right_block(path: Path) -> None:
    change(path, 'name = "lib"\n', "name = 7\n")
    where = failure(path).where
    assert where is not None
    assert where.line is not None
    assert "name = 7" in path.read_text().splitlines()[where.line]


def test_a_lock_that_was_cut_off_says_the_line(path: Path) -> None:
    text = path.read_text()
    path.write_text(text[: text.index("size = 3") + 6])
    finding = failure(path)
    assert finding.code == "IL602"
    assert finding.where is not None
    assert finding.where.line == path.read_text().count("\n") + 1


def test_a_merge_that_was_not_finished(path: Path) -> None:
    change(path, "size = 3\n", "<<<<<<< ours\nsize = 3\n=======\nsize = 4\n>>>>>>> theirs\n")
    finding = failure(path)
    assert finding.code == "IL603"
    assert finding.where is not None
    assert finding.where.line is not None
    assert path.read_text().splitlines()[finding.where.line - 1] == "<<<<<<< ours"


def test_what_is_no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    assert failure(path).code == "IL602"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "interlock.lock").mkdir()
    assert failure(tmp_path / "interlock.lock").code == "IL604"


def test_a_lock_that_cannot_be_written_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def fail(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_atomic", fail)
    with pytest.raises(InterlockError) as caught:
        write(path, Lock())
    assert caught.value.findings[0].code == "IL604"
    assert path.read_bytes() == before


@pytest.mark.parametrize("line", ["a = " + "[" * 3000, "a." * 3000 + "a = 1", "a = " + "1" * 5000])
def test_a_lock_that_no_program_can_hold(tmp_path: Path, line: str) -> None:
    path = tmp_path / "interlock.lock"
    path.write_text(f"version = 1\n{line}\n")
    with pytest.raises(InterlockError) as error:
        read(path)
    (finding,) = error.value.findings
    assert (finding.code, finding.where and finding.where.line) == ("IL602", 2)


def refused(path: Path) -> Finding:
    with pytest.raises(InterlockError) as caught:
        read(path)
    (finding,) = caught.value.findings
    return finding


@pytest.mark.parametrize("url", ["x", "", "https://", "https://conda.example:port/python-3.12.7-h0_0.conda"])
def test_a_record_without_an_address(path: Path, url: str) -> None:
    text = path.read_text()
    assert text.count('url = "https://conda.example/linux-64/python-3.12.7-h0_0.conda"') == 1
    path.write_text(text.replace("https://conda.example/linux-64/python-3.12.7-h0_0.conda", url))
    finding = refused(path)
    assert finding.code == "IL602"


def test_two_versions_of_a_package_that_a_merge_left(tmp_path: Path) -> None:
    (each,) = sample().environments[0].platforms
    app, lib = each.environment.resolution.packages
    twice = replace(each.environment.resolution, packages=(app, replace(lib, name=app.name, version="2.0")))
    path = tmp_path / "interlock.lock"
    write(path, Lock().with_environment(replace(each.environment, resolution=twice), digest="sha256:0"))
    finding = refused(path)
    assert finding.code == "IL602"
    assert "app is there twice" in str(finding)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('name = "python"', 'name = "../../python"', "part of the name of a file"),
        ('build = "h0_0"', 'build = "a/../../b"', "part of the name of a file"),
        ('name = "app"', 'name = "/etc/app"', "not the normal form"),
        ('filename = "app.whl"', 'filename = "../app.whl"', "part of the name of a file"),
        ('filename = "app.whl"', 'filename = "app.whl"\nsha256 = "../../x"', "not a hash"),
    ],
)
def test_texts_that_would_lead_out_of_a_folder(path: Path, old: str, new: str, why: str) -> None:
    change(path, old, new)
    finding = failure(path)
    assert finding.code == "IL602"
    assert why in finding.why


def test_environments_with_a_name_that_would_lead_out_of_a_folder(path: Path) -> None:
    path.write_text(path.read_text().replace("environments.default", 'environments."../x"'))
    assert "name of an environment" in failure(path).why
