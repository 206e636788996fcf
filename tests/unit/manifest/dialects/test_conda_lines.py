from __future__ import annotations

import json

import pytest

from manifest.conftest import Room, line


def spec(room: Room, text: str) -> str:
    written = room.load(f"dependencies:\n  - {text!r}\n", "environment.yml").request()
    (found,) = written.conda_specs
    return found.spec


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("numpy", "numpy"),
        ("NumPy", "numpy"),
        ("numpy=1.26", "numpy 1.26.*"),
        ("numpy==1.26", "numpy ==1.26"),
        ("numpy 1.26", "numpy ==1.26"),
        ("numpy = 1.26", "numpy 1.26.*"),
        ("python=3.10", "python 3.10.*"),
        ("python>=3.10,<3.13", "python >=3.10,<3.13"),
        ("numpy >= 1.8 , <2", "numpy >=1.8,<2"),
        ("numpy=1.26.4=py312_0", "numpy[version='==1.26.4',build='py312_0']"),
        ("numpy==1.26.4=py312_0", "numpy[version='==1.26.4',build='py312_0']"),
        ("numpy 1.26.4 py312_0", "numpy[version='==1.26.4',build='py312_0']"),
        ("blas=*=openblas", "blas[version='*',build='openblas']"),
        ("torch=2.*=*cuda*", "torch[version='2.*',build='*cuda*']"),
        ("conda-forge::numpy>=1.2", "conda-forge::numpy >=1.2"),
        ("conda-forge/linux-64::numpy", "conda-forge/linux-64::numpy"),
        ("numpy[version='>=1.8',build=py*]", "numpy[version='>=1.8',build='py*']"),
        ("defaults::numpy", 'numpy[channel="https://repo.anaconda.com/pkgs/main/"]'),
        ("defaults::r-base=4.3", "r-base[version='4.3.*',channel=\"https://repo.anaconda.com/pkgs/r/\"]"),
    ],
)
def test_what_conda_writes(room: Room, text: str, meaning: str) -> None:
    assert spec(room, text) == meaning


@pytest.mark.parametrize("text", ["python=>3.9", "-e .", "git+https://example.com/a", "*", "a b c d", "@"])
def test_what_conda_could_not_read(room: Room, text: str) -> None:
    found = room.error(f"dependencies:\n  - pip\n  - {text!r}\n", "environment.yml")
    assert found.code == "IL110"
    assert "pip:" in found.fix
    assert line(found) == 3


def test_channels(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def channels(*listed: str, dependency: str = "python") -> tuple[str, ...]:
        text = f"channels: {json.dumps(listed)}\ndependencies: ['{dependency}']\n"
        return room.load(text, "environment.yml").request().channels

    monkeypatch.setenv("TOKEN", "secret")
    main, r = "https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r"
    assert channels() == ("conda-forge",)
    assert channels("bioconda") == ("bioconda", "conda-forge")
    assert channels("bioconda", "nodefaults") == ("bioconda",)
    assert channels("conda-forge", "defaults") == ("conda-forge", main, r)
    assert channels("pkgs/r", "nodefaults") == (r,)
    assert channels("https://example.com/t/${TOKEN}/x", "nodefaults") == ("https://example.com/t/secret/x",)
    assert channels("./channel", "nodefaults") == ((room.root / "channel").as_uri(),)
    # Channels that only specs name are the solver's business.
    assert channels(dependency="nvidia::cuda") == ("conda-forge",)
    package = "https://conda.anaconda.org/main/noarch/a-1.0-0.conda"
    assert channels(dependency=package) == ("conda-forge", "https://conda.anaconda.org/main")


def test_a_channel_whose_variable_is_not_set(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    found = room.error("channels:\n  - https://example.com/t/$NO_SUCH/x\ndependencies: []\n", "environment.yml")
    assert found.code == "IL105"
    assert "NO_SUCH" in found.what
    assert line(found) == 2


def test_channels_have_condas_own_priority(room: Room) -> None:
    assert room.load("dependencies: [python]\n", "environment.yml").request().channel_priority == "flexible"
