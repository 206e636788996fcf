"""Whatever a channel or a map of names serves: it is solved with, or refused; nothing else is ever raised."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given

from interlock.core.site_metadata import distributions_in_files
from interlock.core.tags import interpreter_tags, supported_tags
from interlock.engines.rattler.candidates import query
from interlock.engines.rattler.solver import solve
from interlock.manifest import load
from interlock.resolve.uv.pins import pin_version
from interlock.solve.maps import KnownMap, _parsed
from interlock.solve.names import default_names, depends_on_python, purl_names
from interlock.solve.provided import chosen_distributions, supplied
from interlock.solve.request import python_target
from interlock_hooks.types import (
    CondaRecord,
    CondaRequest,
    CondaSpec,
    EnvironmentRequest,
    InterlockError,
    VirtualPackage,
)
from kit.fuzzing import no_hang, share, told
from kit.strategies.channels import fine_repodata, map_files, repodata_files

GLIBC = VirtualPackage(name="__glibc", version="2.28")
REQUEST = EnvironmentRequest(name="default", platform="linux-64", root=Path("/elsewhere"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, count]:
    return tmp_path_factory.mktemp("channels"), count()


def use(records: list[CondaRecord]) -> None:
    """Ask of records what a lock asks."""
    found = []
    for record in records:
        depends_on_python(record)
        purl_names(record)
        mapped = default_names(record, REQUEST)
        found += supplied(record, mapped, distributions_in_files([f"site-packages/{record.name}.dist-info/METADATA"]))
        pin_version(record.version)
    chosen_distributions(found)


@share(0.06)
@given(repodata_files | fine_repodata | fine_repodata)
def test_any_repodata(folders: tuple[Path, count], content: bytes) -> None:
    channel = folders[0] / str(next(folders[1]))
    for subdir, text in (("linux-64", content), ("noarch", b'{"packages": {}, "packages.conda": {}}')):
        (channel / subdir).mkdir(parents=True)
        (channel / subdir / "repodata.json").write_bytes(text)
    asked = CondaRequest(
        environment="default",
        platform="linux-64",
        channels=(channel.as_uri(),),
        specs=tuple(CondaSpec(spec=spec) for spec in ("python >=3.11", "numpy", "tool")),
        virtual_packages=(GLIBC,),
    )
    with no_hang():
        try:
            use(query(asked.channels, "linux-64", ["python", "numpy", "tool", "libzlib"]))
            solution = solve(asked)
            use(list(solution.records))
            target = python_target(REQUEST, solution)
            list(supported_tags(target))
            interpreter_tags(target)
        except InterlockError as error:
            told(error, "IL2", "IL503")


@share(0.04)
@given(map_files)
def test_any_map_of_names(folders: tuple[Path, count], content: bytes) -> None:
    with no_hang():
        try:
            known = KnownMap(_parsed(content, "https://maps.example"), "map", "https://maps.example")
            for name in known.names:
                known.get(name)
            known.conda_names("torch")  # type: ignore[arg-type]
        except InterlockError as error:
            told(error, "IL242")
        root = folders[0]
        (root / "map.json").write_bytes(content)
        (root / "pixi.toml").write_text(
            '[workspace]\nchannels = ["a"]\nplatforms = ["linux-64"]\nconda-pypi-map = { a = "map.json" }\n'
        )
        try:
            load(root / "pixi.toml").request("default", "linux-64")
        except InterlockError as error:
            told(error, "IL12")
