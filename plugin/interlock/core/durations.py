"""How long something took, in words."""

from __future__ import annotations

_ROUGH = 10  # seconds from which tenths do not matter


def duration_text(seconds: float) -> str:
    """A duration as people say it: ``0.4 s``, ``48 s``, ``5 min 20 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes:
        return f"{minutes} min {rest:02d} s"
    return f"{seconds:.1f} s" if seconds < _ROUGH else f"{seconds:.0f} s"


def clock_text(seconds: float) -> str:
    """A duration as a clock has it: ``1:05``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
