from __future__ import annotations

import json

import pytest

from interlock.cli.discreet import discreet_finding
from interlock.cli.json.envelope import failure_document
from interlock.cli.output import Output
from interlock_hooks.types import DerivationStep, Finding, InterlockError, Location

LOUD = Finding(
    code="IL399",
    what="https://me:s3cret@host/simple says no",
    why="so does https://conda.host/t/s3cret/channel",
    where=Location(file="/srv/t/project/pyproject.toml", line=3),
    fix="https://host/mirror/t/s3cret/x, try https://host/x?token=s3cret&more=1",
    details=("git+ssh://git@host/repo stays", "and git+https://s3cret@host/repo"),
    derivation=(DerivationStep(kind="asks", side="PyPI", text="lib @ https://s3cret@host/lib.whl"),),
)


def test_a_finding_tells_addresses_without_what_is_secret_in_them() -> None:
    shown = discreet_finding(LOUD)
    assert "s3cret" not in str(shown.as_dict())
    assert shown.what == "https://***@host/simple says no"
    assert shown.why == "so does https://conda.host/t/***/channel"
    assert shown.fix == "https://host/mirror/t/***/x, try https://host/x?token=***&more=1"
    # What is no secret can be read.
    assert (shown.where, shown.details[0], shown.severity) == (LOUD.where, LOUD.details[0], LOUD.severity)


@pytest.mark.parametrize("verbose", [0, 3])
def test_nothing_that_is_printed_has_a_secret(verbose: int, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("env lock", verbose=verbose)
    output.line("from https://me:s3cret@host/simple")
    try:
        raise InterlockError(LOUD) from OSError("https://me:s3cret@host/simple")
    except InterlockError as error:
        output.failure(error)
    shown = capsys.readouterr()
    assert "***@host" in shown.out
    assert "***@host" in shown.err
    assert "s3cret" not in shown.out + shown.err
    assert "s3cret" not in json.dumps(failure_document("env lock", [LOUD], 1))
