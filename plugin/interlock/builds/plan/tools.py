"""The reviewed list of build tools (``data/build_tools.toml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import tomli
from packaging.utils import NormalizedName, canonicalize_name

from interlock.core.pep508 import required_name

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATA = Path(__file__).parent / "data" / "build_tools.toml"


@dataclass(frozen=True, slots=True)
class BuildTools:
    """What is known of build tools.

    ``modules`` maps a top-level module to the requirement that provides it, ``programs`` the name of a program in lower
    case; ``symptoms`` are patterns of what a log says when a tool is too new, with the requirement for an older one.
    ``traceless`` are distributions that leave no trace in what they build. ``offered`` maps a distribution to
    tools that builds which see it can use.
    """

    modules: Mapping[str, str]
    programs: Mapping[str, str]
    symptoms: tuple[tuple[re.Pattern[str], str], ...]
    traceless: frozenset[NormalizedName]
    offered: Mapping[NormalizedName, tuple[str, ...]]

    def requirement_for(self, name: NormalizedName) -> str | None:
        """The requirement for a distribution that provides a module; ``None`` for one that is not known to."""
        return next((text for text in self.modules.values() if required_name(text) == name), None)


@cache
def build_tools() -> BuildTools:
    """The list as shipped."""
    data = tomli.loads(_DATA.read_text(encoding="utf-8"))
    return BuildTools(
        modules=data["modules"],
        programs=data["programs"],
        symptoms=tuple((re.compile(entry["pattern"]), entry["requirement"]) for entry in data["symptoms"]),
        traceless=frozenset(canonicalize_name(name) for name in data["tools"]),
        offered={canonicalize_name(name): tuple(tools) for name, tools in data["offered"].items()},
    )
