"""How a command ended, and what a test may ask of that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    args: tuple[str, ...]
    code: int
    out: str
    err: str

    @cached_property
    def json(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of the JSON document."""
        found: list[dict[str, Any]] = self.json["findings"]
        return found

    @property
    def text(self) -> str:
        """Everything that was printed."""
        return self.out + self.err

    def ok(self) -> Result:
        """The result itself, which must be a success."""
        assert self.code == 0, f"{self}"
        return self

    def failed(self, code: int, finding: str) -> dict[str, Any]:
        """The finding that stopped the command, which must have ended with exit code ``code``.

        ``finding`` is how its code begins (``IL4``). It must say what and how to go on, without a traceback.
        """
        assert self.code == code, f"{self}"
        assert "Traceback" not in self.err, f"{self}"
        errors = [entry for entry in self.findings if entry["severity"] == "error"]
        assert errors, f"{self}"
        assert errors[0]["code"].startswith(finding), f"{self}"
        assert errors[0]["what"], f"{self}"
        return errors[0]

    def __str__(self) -> str:
        return f"{' '.join(self.args)} → {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"
