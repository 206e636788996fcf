"""Locks as somebody would write them who wants files of whoever installs them, or to run a program there."""

from __future__ import annotations

from hypothesis import strategies as st

from kit.strategies.lock_files import locks_with

_UP = "../" * 4
hostile_texts = st.sampled_from(
    (
        *("../victim", f"{_UP}victim", "..", "/", "/etc/victim", "a/../../../victim", "a/../../victim/x-1.0-0"),
        *("./../../victim", "../../victim", "${ROOT/..}/../victim", "file://${ROOT}/../../victim", "${ROOT}/../../x"),
        *("file:///etc", "file:../../victim", "ext::sh -c touch% victim", "git+file://${ROOT}/../../victim"),
        *(
            "--upload-pack=touch victim",
            "-oProxyCommand=touch victim",
            "--config=x",
            "; touch victim",
            "$(touch victim)",
        ),
        *("javascript:x", "https://user@host/../../victim", "https://host/a/../../victim.whl", "//victim", "~/victim"),
        *("x\n../victim", "victim\0", "\\..\\victim", ".", "", "con", "x" * 5000, "../victim = m:f"),
    )
)


attacked_locks: st.SearchStrategy[bytes] = locks_with(hostile_texts)
"""The bytes of a lock of which up to three texts are hostile."""
