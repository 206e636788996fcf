"""What uv says while it installs."""

from __future__ import annotations

from interlock.engines.uv_steps import Steps

SAID = """\
Using Python 3.11.7 environment at: /env
Resolved 6 packages in 1.57s
Downloading numpy (16.1MiB)
Downloading scipy (33.7MiB)
Downloading pygments (1.2MiB)
 Downloaded pygments
   Building ext @ file:///ext
 Downloaded numpy
Prepared 6 packages in 3.13s
Uninstalled 1 package in 5ms
Installed 6 packages in 163ms
 - rich==14.0
 + numpy==2.4.6
 ~ scipy==1.17.1
"""


def test_what_is_downloaded_is_told() -> None:
    told: list[str] = []
    built: list[str] = []
    steps = Steps(told.append, built.append)
    for line in SAID.splitlines():
        steps.hear(line)
    numpy, scipy = "downloading numpy (16.1MiB)", "downloading scipy (33.7MiB)"
    assert told == [
        numpy,
        f"{numpy}, {scipy}",
        f"{numpy}, {scipy} and 1 more",
        f"{numpy}, {scipy}",
        f"{numpy}, {scipy} and 1 more",
        f"{scipy}, building ext",
        "",
    ]
    assert built == ["ext"]


def test_the_reason_of_a_failure_is_what_is_left() -> None:
    reason = ["error: Failed to install: numpy-2.4.6.whl", "  Caused by: Downloading failed: hash mismatch"]
    assert Steps(lambda _: None).others(SAID + "\n".join(reason)) == reason
