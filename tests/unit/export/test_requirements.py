"""Requirements files."""

from __future__ import annotations

from dataclasses import replace

from interlock.export.requirements import export
from interlock_hooks.types import Index
from kit.exported import editable, from_git, mixed, subject
from kit.locked import CHANNEL, INDEX, locked, record, wheel

_HASH = f" \\\n    --hash=sha256:{'0' * 64}"


def test_every_package_has_its_version_and_its_hash() -> None:
    exported = export(subject())
    assert exported.text.splitlines() == [
        "# Exported by Interlock: environment default of demo (linux-64, Python 3.12.7).",
        "# From conda: numpy 2.1",
        f"--index-url {INDEX}",
        "--no-binary flash-attn",
        *f"flash-attn==2.8{_HASH}".splitlines(),
        *f"torch==2.6{_HASH}".splitlines(),
    ]
    missing, build = exported.findings
    assert (missing.code, build.code) == ("IL640", "IL641")
    assert missing.what == "requirements.txt leaves out numpy 2.1, which conda supplies"
    assert build.why == "Interlock builds them with torch, while other tools build in isolation"
    assert build.fix.endswith(
        "install torch with uv first and then the file with `--no-build-isolation-package flash-attn`"
    )


def test_what_comes_from_a_repository_or_a_directory_has_no_hash_and_then_nothing_has() -> None:
    exported = export(subject(mixed(from_git("lib"), editable("own", "libs/own"))))
    assert exported.text.splitlines()[-4:] == [
        "flash-attn==2.8",
        "torch==2.6",
        f"lib @ git+https://git.example/lib.git@{'c' * 40}#subdirectory=py",
        "-e ./libs/own",
    ]
    assert [finding.code for finding in exported.findings] == ["IL640", "IL641", "IL642"]


def test_a_package_that_was_asked_for_by_url_keeps_it() -> None:
    environment = locked(record("python 3.12.7"), pypi=[wheel("a 1.0", f"b @ {CHANNEL}/b.whl"), wheel("b 2.0")])
    text = export(subject(environment, requirements=("a",))).text
    assert "\na==1.0" in text
    assert f"\nb @ {INDEX}/b-2.0-py3-none-any.whl" in text


def test_what_an_explicit_index_serves_is_named_by_url_so_that_nothing_else_is_looked_for_there() -> None:
    cu = "https://cu.example/simple"
    torch = replace(
        wheel("torch 2.6"), index=cu, artifact=replace(wheel("torch 2.6").artifact, url="https://cu.example/t.whl")
    )
    indexes = (Index(url=INDEX, default=True), Index(url=cu, name="cu", explicit=True))
    exported = subject(locked(record("python 3.12.7"), pypi=[wheel("a 1.0"), torch]), indexes=indexes)
    assert export(exported).text.splitlines()[1:] == [
        f"--index-url {INDEX}",
        *f"a==1.0{_HASH}".splitlines(),
        *f"torch @ https://cu.example/t.whl{_HASH}".splitlines(),
    ]


def test_a_path_with_a_blank_is_written_as_pip_and_uv_read_it() -> None:
    lines = export(subject(mixed(editable("own", "libs/my own")))).text.splitlines()
    assert lines[-1].startswith("-e file:///")
    assert lines[-1].endswith("/libs/my%20own")


def test_an_index_that_serves_none_of_the_packages_is_left_out() -> None:
    other = Index(url="https://other.example/simple", name="other", explicit=True)
    flat = Index(url="https://flat.example/list", name="flat", format="flat")
    text = export(subject(indexes=(Index(url=INDEX, default=True), other, flat), find_links=("./wheels",))).text
    assert "other.example" not in text
    assert "--find-links https://flat.example/list\n--find-links ./wheels\n" in text


def test_a_project_without_an_index_names_none() -> None:
    exported = export(subject(indexes=(Index(url=INDEX, default=True),), find_links=("./wheels",), no_index=True))
    assert "\n--no-index\n--find-links ./wheels\n" in exported.text
    assert "--index-url" not in exported.text
