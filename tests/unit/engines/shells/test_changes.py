from __future__ import annotations

import pytest

from interlock.engines.shells.changes import Change, changes, deactivated, recorded


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("/bin", "/p/bin:/bin", "/p/bin", ""),
        ("/a:/b", "/x:/y:/a:/b", "/x:/y", ""),
        ("/a", "/a:/p", "", "/p"),
        ("/a", "/x:/a:/p", "/x", "/p"),
        ("/a:/b", "/x:/b", "", ""),
        ("/bin", "/my/bin", "", ""),
        (None, "/x", "", ""),
        ("", "/x:", "", ""),
    ],
)
def test_a_list_that_grows_is_extended(old: str | None, new: str, before: str, after: str) -> None:
    base = {} if old is None else {"X": old}
    assert changes(base, {"X": new}) == (Change("X", new, before, after),)


def test_what_changed_by_name() -> None:
    base = {"SAME": "1", "GONE": "1", "OTHER": "1"}
    assert changes(base, {"SAME": "1", "OTHER": "2", "A": "new"}) == (
        Change("A", "new"),
        Change("GONE", None),
        Change("OTHER", "2"),
    )


def test_variables_that_a_shell_cannot_set_are_left_out() -> None:
    activated = {
        "BASH_FUNC_f%%": "() { :; }",
        "a.b": "1",
        "1A": "1",
        "SHLVL": "2",
        "PWD": "/",
        "INTERLOCK_SAVED_X": "1",
    }
    assert changes({}, activated) == ()


def test_without_an_active_environment_nothing_is_undone() -> None:
    assert deactivated({"PATH": "/bin", "CONDA_PREFIX": "/conda"}) == {"PATH": "/bin", "CONDA_PREFIX": "/conda"}


def test_an_active_environment_is_undone() -> None:
    variables = {
        "INTERLOCK_ACTIVATED": "CC CONDA_PREFIX PATH VIRTUAL_ENV",
        "INTERLOCK_SAVED_CC": "gcc",
        "INTERLOCK_SAVED_PATH": "/usr/bin",
        "INTERLOCK_SAVED_VIRTUAL_ENV": "/venv",
        "CC": "/p/bin/cc",
        "CONDA_PREFIX": "/p",
        "PATH": "/added/since:/p/bin:/p:/p2/bin:/usr/bin",
        "KEPT": "1",
    }
    expected = {"CC": "gcc", "PATH": "/added/since:/p2/bin:/usr/bin", "VIRTUAL_ENV": "/venv", "KEPT": "1"}
    assert deactivated(variables) == expected


def test_what_is_recorded_can_be_undone() -> None:
    base = {"PATH": "/usr/bin", "CC": "gcc", "KEPT": "1", "VIRTUAL_ENV": "/venv"}
    activated = {"PATH": "/p/bin:/usr/bin", "CC": "/p/cc", "KEPT": "1", "CONDA_PREFIX": "/p", "f%%": "() { :; }"}
    variables = recorded(base, activated)
    assert activated.items() <= variables.items()
    assert deactivated(variables) == base | {"f%%": "() { :; }"}
