from __future__ import annotations

import re
from dataclasses import replace

from interlock.pages.builds import builds
from interlock.project.overview import Built, Overview


def card(build: Built, prefix: str = "/project/.interlock/envs/default") -> list[str]:
    """The lines of a card."""
    found = re.sub(r"<li[^>]*>|</li>", " ", builds([build], prefix))
    return [" ".join(line.split()) for line in re.findall(r">([^<>\n]+)<", found) if line.strip()][1:]


def test_a_build_tells_what_it_was_made_against_and_with(found: Overview) -> None:
    (build,) = found.builds
    assert card(build) == [
        "ext 1.0",
        "matched build, 1 min 35 s",
        "built against",
        "torch 2.6 numpy 2.1",
        "runs, as its source shows",
        "nvcc",
        "with, for the build alone",
        "setuptools 80",
        "compilers that it found",
        "cc (/usr/bin/cc), nvcc (of the environment)",
    ]
    assert "wheel from the store" in card(replace(build, from_store=True))[1]


def test_what_is_not_known_yet_is_not_claimed(found: Overview) -> None:
    planned = replace(found.builds[0], seen=False, seconds=None, programs=(), tools=(), compilers=())
    assert card(planned) == ["ext 1.0", "matched build", "to be built against", "torch 2.6 numpy 2.1"]
    assert card(replace(planned, against=()))[2:] == [
        "not built yet",
        "What its build will use of the environment is not known.",
    ]
    assert card(replace(planned, against=(), seen=True))[2:] == ["built against", "the interpreter alone"]
