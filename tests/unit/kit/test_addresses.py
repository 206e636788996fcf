from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[2]
ASK = """
import sys
import kit
from jsonschema import Draft202012Validator
assert "lark" not in sys.modules
checker = Draft202012Validator.FORMAT_CHECKER
checks = [checker.conforms(text, "iri-reference") for text in ("https://example.org/a%20b", "a b")]
print(*checks, "lark" in sys.modules)
"""


def test_addresses_are_checked_as_ever_once_there_are_any() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=TESTS, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False", "True"]
