"""Lock files of PEP 751."""

from __future__ import annotations

import tomli
from packaging.pylock import Pylock

from interlock.export.pylock import export
from kit.exported import editable, from_git, mixed, subject
from kit.locked import INDEX, locked, record, wheel


def test_the_file_is_what_packaging_takes_for_a_lock() -> None:
    exported = export(subject(mixed(from_git("lib"), editable("own", "libs/own"))))
    lock = Pylock.from_dict(tomli.loads(exported.text))
    assert str(lock.requires_python) == "==3.12.*"
    assert [str(marker) for marker in lock.environments or ()] == [
        'sys_platform == "linux" and platform_machine == "x86_64"'
    ]
    flash, torch, lib, own = lock.packages
    assert flash.sdist is not None
    assert flash.sdist.url == f"{INDEX}/flash_attn-2.8.tar.gz"
    assert (torch.index, str(torch.version), torch.wheels and torch.wheels[0].hashes) == (
        INDEX,
        "2.6",
        {"sha256": "0" * 64},
    )
    assert lib.vcs is not None
    assert (lib.vcs.commit_id, lib.vcs.subdirectory) == ("c" * 40, "py")
    assert own.directory is not None
    assert (own.directory.path, own.directory.editable, own.version) == ("./libs/own", True, None)
    assert [finding.code for finding in exported.findings] == ["IL640", "IL641"]


def test_a_package_from_a_url_is_an_archive() -> None:
    environment = locked(record("python 3.12.7"), pypi=[wheel("a 1.0")])
    document = tomli.loads(export(subject(environment, requirements=(f"a @ {INDEX}/a-1.0-py3-none-any.whl",))).text)
    (package,) = document["packages"]
    assert package["archive"]["url"] == f"{INDEX}/a-1.0-py3-none-any.whl"
    assert "wheels" not in package
