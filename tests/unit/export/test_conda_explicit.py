"""Explicit files of conda."""

from __future__ import annotations

from interlock.export.conda_explicit import export
from kit.exported import subject
from kit.locked import CHANNEL, locked, record


def test_every_package_is_a_url_with_its_hash_in_the_order_of_linking() -> None:
    exported = export(subject())
    assert exported.text.splitlines()[1:] == [
        "# platform: linux-64",
        "@EXPLICIT",
        f"{CHANNEL}/linux-64/python-3.12.7-h1_0.conda#{'a' * 32}",
        f"{CHANNEL}/linux-64/numpy-2.1-py312_0.conda#sha256:{'d' * 64}",
    ]
    (left_out,) = exported.findings
    assert (left_out.code, left_out.what) == (
        "IL643",
        "the explicit file leaves out flash-attn 2.8, torch 2.6 from PyPI",
    )


def test_nothing_is_said_where_nothing_is_missing() -> None:
    exported = export(subject(locked(record("zlib 1.3"))))
    assert exported.text.endswith("zlib-1.3-0.conda\n")
    assert exported.findings == ()
