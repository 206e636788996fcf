from __future__ import annotations

import pytest

from interlock.solve import maps
from interlock.solve.maps import KnownMap
from interlock.solve.names import channel_settings, conda_names, default_names, depends_on_python, manifest_names
from interlock_hooks.types import ChannelNames, CondaRecord, Location, MappedNames, NameOrigin
from solve.conftest import Ask, record

FORGE = "https://conda.anaconda.org/conda-forge/"
ROBO = "https://conda.anaconda.org/robo/"
MADE_UP = "made-up-for-this_test"


def inline(name: str, *names: str) -> dict[str, MappedNames]:
    return {name: MappedNames(names=names, origin=NameOrigin(rule="inline"))}


def known(ask: Ask, entry: CondaRecord, *channels: ChannelNames, **published: list[str] | None) -> tuple[str, ...]:
    """The rule and the names, with a published map of one's own."""
    request = ask(pypi_names=channels)
    made = KnownMap(published, "published", "https://maps.example")
    found = manifest_names(entry, request) or default_names(entry, request, lambda: made)
    return ("unknown",) if found is None else (found.origin.rule, *found.names)


def test_what_the_record_says_counts(ask: Ask) -> None:
    purls = ("pkg:pypi/Foo_Bar@1.2?x=1", "pkg:pypi/foo.bar", "pkg:pypi/a%2Eb", "pkg:conda/other")
    assert known(ask, record("numpy", channel=FORGE, purls=purls)) == ("purl", "foo-bar", "a-b")
    assert known(ask, record("numpy", channel=FORGE, purls=())) == ("purl",)


def test_nothing_is_assumed_about_python_packages_of_other_channels(ask: Ask) -> None:
    assert known(ask, record("numpy", noarch="python"), numpy=["numpy"]) == ("unknown",)
    assert known(ask, record("numpy", depends=("python >=3.9",))) == ("unknown",)
    assert known(ask, record("zlib", depends=("libc",))) == ("none",)


@pytest.mark.parametrize(
    "spec", ["python>=3.9", "python", "PYTHON =3", "python_abi 3.12.*", "conda-forge::python[version='3']"]
)
def test_a_dependency_on_python_in_every_spelling(ask: Ask, spec: str) -> None:
    assert depends_on_python(record("numpy", depends=("", " ", spec)))
    assert not depends_on_python(record("numpy", depends=("", " ", f"x{spec}".replace("::", ""))))


def test_conda_forge_is_looked_up(ask: Ask) -> None:
    assert known(ask, record("pytorch", channel=FORGE), pytorch=["torch"]) == ("published", "torch")
    assert known(ask, record("python", channel=FORGE), python=None) == ("published",)


def test_the_snapshot_knows_conda_forge(ask: Ask) -> None:
    found = default_names(record("pytorch", channel="https://mirror.example/conda-forge"), ask())
    assert found is not None
    assert (found.names, found.origin.rule) == (("torch",), "snapshot")


def test_without_pypi_requirements_the_network_is_left_alone(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def published() -> KnownMap:
        asked.append("published")
        return KnownMap({"pytorch": ["torch"]}, "published")

    monkeypatch.setattr(maps, "conda_forge_map", published)
    pytorch = record("pytorch", channel=FORGE)
    for request, rule in ((ask(), "snapshot"), (ask(requirements=("app",)), "published")):
        found = default_names(pytorch, request)
        assert found is not None
        assert found.origin.rule == rule
    default_names(record("numpy", channel=FORGE, purls=()), ask(requirements=("app",)))
    default_names(record("numpy"), ask(requirements=("app",)))
    assert asked == ["published"]


def test_packages_of_conda_forge_newer_than_the_map(ask: Ask) -> None:
    assert known(ask, record(MADE_UP, channel=FORGE, noarch="python")) == ("same-name", "made-up-for-this-test")
    assert known(ask, record(MADE_UP, channel=FORGE, depends=("libc",))) == ("none",)


def test_what_a_package_once_bundled_is_not_its_own(ask: Ask) -> None:
    published = {"ansible": ["ansible", "ansible-base", "pip"], "pip": ["pip"]}
    found = known(ask, record("ansible", channel=FORGE), **published)  # type: ignore[arg-type]
    assert found == ("published", "ansible", "ansible-base")


def test_the_manifest_has_the_last_word_in_its_channel(ask: Ask) -> None:
    entry = ChannelNames(
        channel="robo", inline=inline("a", "x", "y"), listed={"a": ("z",), "b": ("w",), "c": ()}, sha256="0"
    )
    for name, expected in {"a": ("inline", "x", "y"), "b": ("map", "w"), "c": ("map",), "d": ("purl", "p")}.items():
        assert known(ask, record(name, channel=ROBO, purls=("pkg:pypi/p",)), entry) == expected
    assert known(ask, record("a", channel=FORGE, purls=("pkg:pypi/p",)), entry) == ("purl", "p")


def test_overlay_and_replace(ask: Ask) -> None:
    overlay = ChannelNames(channel="conda-forge", inline=inline("a", "x"))
    replace = ChannelNames(channel="conda-forge", inline=inline("a", "x"), replace=True)
    numpy = record("numpy", channel=FORGE, noarch="python")
    assert known(ask, numpy, overlay, numpy=["num"]) == ("published", "num")
    assert known(ask, numpy, replace, numpy=["num"]) == ("same-name", "numpy")
    stated = record("numpy", channel=FORGE, noarch="python", purls=("pkg:pypi/p",))
    assert known(ask, stated, replace) == ("same-name", "numpy")
    assert known(ask, record("a", channel=FORGE), replace) == ("inline", "x")


def test_the_same_name_heuristic_is_a_choice(ask: Ask) -> None:
    off = ChannelNames(channel="conda-forge", same_name=False)
    on = ChannelNames(channel="robo", same_name=True)
    assert known(ask, record(MADE_UP, channel=FORGE, noarch="python"), off, on) == ("unknown",)
    assert known(ask, record("ros", channel=ROBO, noarch="python"), off, on) == ("same-name", "ros")
    assert known(ask, record("libros", channel=ROBO), off, on) == ("none",)


def test_off(ask: Ask) -> None:
    where = Location(file="pixi.toml", line=4)
    numpy = record("numpy", channel=FORGE, purls=("pkg:pypi/p",), noarch="python")
    for channel in ("*", "conda-forge"):
        assert known(ask, numpy, ChannelNames(channel=channel, off=True, where=where), numpy=["num"]) == ("off",)
    assert known(ask, numpy, ChannelNames(channel="robo", off=True)) == ("purl", "p")


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (ROBO, "robo"),
        ("https://mirror.example/robo/", "https://mirror.example/robo"),
        ("https://other.example/x/robo", "robo"),
        (FORGE, None),
    ],
)
def test_the_entry_of_a_channel(channel: str, expected: str | None) -> None:
    entries = [ChannelNames(channel=name) for name in ("robo", "https://mirror.example/robo", "nvidia")]
    found = channel_settings(channel, entries)
    assert (found and found.channel) == expected


def test_which_packages_may_supply_a_distribution(ask: Ask) -> None:
    made = KnownMap({"pytorch": ["torch"], "pytorch-cpu": ["torch"], "x": None}, "published", "")
    own = ChannelNames(channel="robo", inline=inline("company-torch", "torch"), listed={"t": ("torch",)}, sha256="0")
    assert conda_names("torch", ask(channels=("conda-forge",), pypi_names=(own,)), lambda: made) == [
        "torch",
        "company-torch",
        "t",
        "pytorch",
        "pytorch-cpu",
    ]
    assert conda_names("torch", ask(channels=("https://h/robo",)), lambda: made) == ["torch"]
