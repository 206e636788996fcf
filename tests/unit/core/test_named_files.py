from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from packaging.utils import canonicalize_name

from interlock.core.files import sha256_of
from interlock.core.named_files import named_files, not_replaced, replaced_files
from interlock_hooks.testing.wheels import package_of
from interlock_hooks.types import CondaSpec, EnvironmentRequest, Requirement
from kit.locked import locked, record


def test_a_wheel_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    wheel = tmp_path / "lib-1.0-py3-none-any.whl"
    wheel.write_bytes(b"one")
    name, text = canonicalize_name("lib"), f"lib @ {wheel.as_uri()} ; os_name == 'posix'"
    asked = EnvironmentRequest(
        name="default", platform="linux-64", root=tmp_path, requirements=(Requirement(name=name, text=text),)
    )
    held = locked(pypi=[package_of(wheel)])
    assert named_files(asked, held) == (wheel,)
    assert not list(replaced_files(asked, held))
    wheel.write_bytes(b"two")
    assert list(replaced_files(asked, held))
    # On a machine that does not have it, that is said where it is needed.
    wheel.unlink()
    assert not list(replaced_files(asked, held))


def test_a_conda_package_that_was_replaced_is_noticed_and_not_preferred(tmp_path: Path) -> None:
    archive, other = tmp_path / "foo-1.0-0.conda", tmp_path / "bar-1.0-0.conda"
    held = []
    for path in (archive, other):
        path.write_bytes(b"one")
        held.append(replace(record(f"{path.name[:3]} 1.0"), url=path.as_uri(), sha256=sha256_of(path)))
    spec = CondaSpec(spec=f'foo[url="{archive.as_uri()}"]')
    asked = EnvironmentRequest(name="default", platform="linux-64", root=tmp_path, conda_specs=(spec,))
    answer = locked(*held)
    # The other one comes from a channel on this machine, which is read when something is solved.
    assert named_files(asked, answer) == (archive,)
    assert not list(replaced_files(asked, answer))
    assert not_replaced(asked, held) == held
    for path in (archive, other):
        path.write_bytes(b"two")
    assert list(replaced_files(asked, answer))
    assert not_replaced(asked, held) == held[1:]
