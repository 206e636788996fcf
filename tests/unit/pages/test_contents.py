from __future__ import annotations

import re

from interlock.pages.contents import packages, shares, sizes, sources
from interlock.project.overview import Locked, Part

CHANNEL, INDEX = "https://channels.example/main", "https://index.example/simple"


def locked(*parts: Part) -> Locked:
    return Locked("default", "linux-64", "3.12.7", parts)


def conda(name: str, size: int | None) -> Part:
    return Part(name, "1", "conda", CHANNEL, size)


def pypi(name: str, size: int | None, kind: str = "pypi") -> Part:
    return Part(name, "1", kind, INDEX, size)


def test_the_shares_of_the_ecosystems_fill_the_bar() -> None:
    made = shares([conda("a", 6_000_000), pypi("b", 3_000_000), pypi("c", 1_000_000, "built")])
    assert re.findall(r'<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"', made) == [
        ("conda", "0.000", "60.000"),
        ("pypi", "60.000", "30.000"),
        ("built", "90.000", "10.000"),
    ]
    assert "1 package from conda: 6.0 MB" in made


def test_one_ecosystem_alone_is_the_only_one_that_is_told_of() -> None:
    made = shares([conda("a", 6_000_000)])
    assert "conda: 6.0 MB" in made
    assert "PyPI" not in made
    assert shares([conda("a", None)]) == sizes(locked(conda("a", None))) == ""
    assert "1 package from PyPI, as sources: of unknown size" in shares([conda("a", 1), pypi("b", None, "built")])


def test_the_largest_are_bars_and_the_rest_is_one_number() -> None:
    made = sizes(locked(*(conda(f"p{number:02}", number * 1000) for number in range(1, 15)), pypi("x", None)))
    bars = re.findall(r'<rect class="conda" width="([\d.]+)"', made)
    assert (bars[0], len(bars)) == ("100.00", 12)
    assert "2 more</span>" in made
    assert "3.0 kB" in made
    assert "The size of 1 package is not known." in made


def test_every_package_is_listed_with_its_ecosystem() -> None:
    made = packages(locked(pypi("b", 1000, "built"), conda("a", None)))
    assert "List of 2 packages" in made
    assert re.findall(r"</svg> (\w)</th><td>1</td><td>([^<]*)</td>", made) == [
        ("a", "conda"),
        ("b", "PyPI, built from source"),
    ]


def test_sources_are_summed_up() -> None:
    made = sources(locked(conda("a", 1000), conda("b", 2000), pypi("c", None)))
    assert re.findall(r'<code>([^<]*)</code></th><td class="number">(\d)</td><td class="number">([^<]*)<', made) == [
        (CHANNEL, "2", "3.0 kB"),
        (INDEX, "1", ""),
    ]
