from __future__ import annotations

import re
from pathlib import Path

from interlock.lock.reader import parse
from interlock.lock.writer import render

DOCS = Path(__file__).parents[3] / "docs/lock.md"


def test_the_example_of_the_docs_is_a_lock_as_it_is_written() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    root = Path("/anywhere")
    lock = parse(text, path=root / "interlock.lock", root=root)
    assert render(lock, root) == text
    locked = lock.get("default", "linux-64")
    assert locked is not None
    assert locked.plans[0].imports == ("torch",)
