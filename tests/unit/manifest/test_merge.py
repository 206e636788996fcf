from __future__ import annotations

import pytest

from interlock_hooks.types import InterlockError, Severity
from manifest.conftest import Room, specs

TARGETS = """
    [dependencies]
    python = "3.11.*"
    zlib = "*"
    [constraints]
    openssl = "<4"
    [pypi-dependencies]
    demo = ">=1"
    other = "*"
    [activation]
    scripts = ["setup.sh"]
    env = { A = "base", B = "base" }
    [target.unix.dependencies]
    python = "3.12.*"
    [target.linux-64.dependencies]
    python = "3.13.*"
    extra = "*"
    [target.linux-64.constraints]
    openssl = "<3"
    [target.linux-64.pypi-dependencies]
    demo = ">=2"
    [target.linux-64.activation]
    env = { B = "linux" }
    [target.win.activation]
    scripts = ["setup.bat"]
    [target.win.dependencies]
    msmpi = "*"
    """


def test_targets_override_what_holds_everywhere(room: Room) -> None:
    workspace = room.pixi(TARGETS)
    linux = workspace.request("default", "linux-64")
    assert specs(linux) == ["python 3.13.*", "zlib", "extra"]
    assert [spec.spec for spec in linux.conda_constraints] == ["openssl <3"]
    assert [requirement.text for requirement in linux.requirements] == ["other", "demo>=2"]
    assert dict(linux.activation.env) == {"A": "base", "B": "linux"}
    assert linux.activation.scripts == ("setup.sh",)
    mac = workspace.request("default", "osx-arm64")
    assert specs(mac) == ["python 3.12.*", "zlib"]
    windows = workspace.request("default", "win-64")
    assert specs(windows) == ["python 3.11.*", "zlib", "msmpi"]
    assert windows.activation.scripts == ("setup.bat",)


def test_of_targets_that_match_the_last_one_wins_however_general(room: Room) -> None:
    workspace = room.pixi("""
        [target.linux-64.dependencies]
        a = "2"
        b = "2"
        [target.linux-64.activation]
        scripts = ["exact.sh"]
        env = { A = "exact" }
        [dependencies]
        a = "1"
        [target.linux.dependencies]
        a = "3"
        [target.unix.activation]
        scripts = ["unix.sh"]
        env = { A = "unix" }
        """)
    request = workspace.request("default", "linux-64")
    assert specs(request) == ["a 3", "b 2"]
    assert request.activation.scripts == ("unix.sh",)
    assert dict(request.activation.env) == {"A": "unix"}


FEATURES = """
    [dependencies]
    python = ">=3.10"
    shared = "*"
    [system-requirements]
    cuda = "11.8"
    linux = "5.10"
    [pypi-options]
    no-build-isolation = ["a"]
    [pypi-options.dependency-overrides]
    numpy = ">=1"
    [activation]
    scripts = ["base.sh"]
    env = { A = "base", B = "base" }
    [feature.cuda]
    channels = ["nvidia", { channel = "first", priority = 5 }]
    platforms = ["linux-64"]
    channel-priority = "disabled"
    system-requirements = { cuda = "12.4", linux = "4.0" }
    [feature.cuda.dependencies]
    python = "3.12.*"
    shared = "*"
    [feature.cuda.pypi-dependencies]
    torch = "*"
    [feature.cuda.pypi-options]
    no-build-isolation = ["b"]
    extra-index-urls = ["https://example.com/cuda"]
    [feature.cuda.pypi-options.dependency-overrides]
    numpy = ">=2"
    [feature.cuda.activation]
    scripts = ["cuda.sh"]
    env = { B = "cuda" }
    [environments]
    gpu = ["cuda"]
    alone = { features = ["cuda"], no-default-feature = true }
    """


def test_features_compose_as_in_pixi(room: Room) -> None:
    request = room.pixi_request(FEATURES, "gpu")
    assert request.name == "gpu"
    assert request.channels == ("first", "nvidia", "conda-forge")
    assert request.channel_priority == "disabled"
    assert specs(request) == ["python 3.12.*", "shared", "python >=3.10"]
    assert {item.name: item.version for item in request.system_requirements} == {"__cuda": "12.4", "__linux": "5.10"}
    assert request.build.no_isolation.names == {"a", "b"}
    assert [index.url for index in request.pypi.indexes] == ["https://example.com/cuda"]
    assert request.overrides == ("numpy>=2",)
    assert request.activation.scripts == ("cuda.sh", "base.sh")
    assert dict(request.activation.env) == {"A": "base", "B": "cuda"}


def test_an_environment_without_the_default_feature(room: Room) -> None:
    request = room.pixi_request(FEATURES, "alone")
    assert specs(request) == ["python 3.12.*", "shared"]
    assert request.channels == ("first", "nvidia")
    assert {item.name: item.version for item in request.system_requirements} == {"__cuda": "12.4", "__linux": "4.0"}


def test_the_default_environment_is_not_touched_by_features(room: Room) -> None:
    request = room.pixi_request(FEATURES)
    assert specs(request) == ["python >=3.10", "shared"]
    assert request.channel_priority == "strict"
    assert request.requirements == ()


def test_platforms_are_the_intersection(room: Room) -> None:
    workspace = room.pixi(FEATURES)
    with pytest.raises(InterlockError) as caught:
        workspace.request("gpu", "win-64")
    (found,) = caught.value.findings
    assert found.code == "IL115"
    assert "linux-64" in found.why
    assert found.where is not None
    assert found.where.line == 3


def test_unknown_environments_name_the_nearest(room: Room) -> None:
    workspace = room.pixi(FEATURES)
    with pytest.raises(InterlockError) as caught:
        workspace.request("gpus", "linux-64")
    (found,) = caught.value.findings
    assert (found.code, found.fix) == ("IL112", "did you mean 'gpu'?")


def test_two_default_indexes_in_one_environment(room: Room) -> None:
    workspace = room.pixi("""
        [pypi-options]
        index-url = "https://example.com/a"
        [feature.x.pypi-options]
        index-url = "https://example.com/b"
        [environments]
        x = ["x"]
        """)
    assert workspace.request("default", "linux-64").pypi.indexes[0].default
    with pytest.raises(InterlockError) as caught:
        workspace.request("x", "linux-64")
    assert caught.value.findings[0].code == "IL116"


def test_python_is_added_where_requirements_need_it(room: Room) -> None:
    assert specs(room.pixi_request('[pypi-dependencies]\nnumpy = "*"\n')) == ["python"]
    assert specs(room.pixi_request('[dependencies]\nzlib = "*"\n')) == ["zlib"]
    assert specs(room.pixi_request('[dependencies]\npython = "3.12.*"\n[pypi-dependencies]\na = "*"\n')) == [
        "python 3.12.*"
    ]


def test_dependencies_of_all_kinds_are_installed(room: Room) -> None:
    request = room.pixi_request("""
        [build-dependencies]
        cmake = "1"
        shared = "1"
        [host-dependencies]
        zlib = "2"
        shared = "2"
        [dependencies]
        shared = "3"
        """)
    assert sorted(specs(request)) == ["cmake 1", "shared 1", "zlib 2"]


def test_build_dependencies_count_more_than_host_and_those_more_than_run(room: Room) -> None:
    request = room.pixi_request("""
        [build-dependencies]
        a = "build"
        [dependencies]
        a = "run"
        b = "run"
        [host-dependencies]
        a = "host"
        b = "host"
        [target.linux.dependencies]
        a = "target"
        """)
    assert specs(request) == ["a target", "b host"]


def test_settings_of_the_workspace_belong_to_the_default_feature(room: Room) -> None:
    workspace = room.load(
        """
        [workspace]
        channels = ["a"]
        platforms = ["linux-64"]
        channel-priority = "flexible"
        solve-strategy = "lowest"
        [feature.x]
        solve-strategy = "lowest-direct"
        [feature.y]
        [environments]
        with = ["x"]
        without = { features = ["y"], no-default-feature = true }
        named = { features = ["default", "x"], no-default-feature = true }
        """,
        "pixi.toml",
    )
    found = {name: workspace.request(name, "linux-64") for name in workspace.environments}
    assert {name: (request.channel_priority, request.solve_strategy) for name, request in found.items()} == {
        "default": ("flexible", "lowest"),
        "with": ("flexible", "lowest-direct"),
        "without": ("strict", "highest"),
        "named": ("flexible", "lowest"),
    }
    assert {name: request.pypi.resolution for name, request in found.items()} == {
        "default": "lowest",
        "with": "lowest-direct",
        "without": None,
        "named": "lowest",
    }


def test_the_strategy_of_pixis_tables_comes_before_uvs(room: Room) -> None:
    uv = '[tool.uv]\nresolution = "lowest"\n[tool.pixi.workspace]\nchannels = []\nplatforms = ["linux-64"]\n'
    assert room.request(uv).pypi.resolution == "lowest"
    assert room.request(f'{uv}solve-strategy = "highest"\n').pypi.resolution == "highest"


def test_indexes_of_the_workspace_come_before_those_of_features(room: Room) -> None:
    request = room.load(
        """
        [workspace]
        channels = ["a"]
        platforms = ["linux-64"]
        [workspace.pypi-options]
        index-url = "https://example.com/theirs"
        extra-index-urls = ["https://example.com/w", "https://example.com/own"]
        find-links = [{ url = "https://example.com/links/w" }]
        [pypi-options]
        extra-index-urls = ["https://example.com/d"]
        find-links = [{ url = "https://example.com/links/d" }]
        [feature.x.pypi-options]
        index-url = "https://example.com/own"
        extra-index-urls = ["https://example.com/x", "https://example.com/w"]
        [environments]
        x = ["x"]
        """,
        "pixi.toml",
    ).request("x", "linux-64")
    extra = [index.url.rpartition("/")[2] for index in request.pypi.indexes if not index.default]
    assert extra == ["w", "own", "x", "d"]
    assert [index.url for index in request.pypi.indexes if index.default] == ["https://example.com/own"]
    assert [place.rpartition("/")[2] for place in request.pypi.find_links] == ["w", "d"]


def test_an_unknown_target(room: Room) -> None:
    found = room.pixi_error('[target.linux_64.dependencies]\na = "*"\n')
    assert (found.code, found.fix) == ("IL108", "did you mean 'linux-64'?")


def test_a_target_that_matches_no_platform_is_a_warning(room: Room) -> None:
    workspace = room.pixi('[target.linus.dependencies]\na = "*"\n[target."cuda-*".dependencies]\nb = "*"\n')
    found = [(each.code, each.severity, each.fix) for each in workspace.findings]
    assert found[0] == ("IL108", Severity.WARNING, "did you mean 'linux'?")
    assert len(found) == 2
    assert specs(workspace.request("default", "linux-64")) == []


PLATFORMS = """
    [workspace]
    channels = ["conda-forge"]
    platforms = ["linux-64", { platform = "linux-64", cuda = "12.9" }, { name = "cuda-win", platform = "win-64" }]
    [dependencies]
    a = "1"
    [target."*cuda*".dependencies]
    a = "2"
    [target.linux-64-cuda-12-9.dependencies]
    b = "*"
    [feature.plain]
    platforms = ["linux-64"]
    [feature.gpu]
    platforms = ["linux-64-cuda-12-9"]
    [environments]
    plain = ["plain"]
    gpu = ["gpu"]
    both = ["plain", "gpu"]
    """


def test_platforms_of_one_subdir_are_told_apart_by_name(room: Room) -> None:
    workspace = room.load(PLATFORMS, "pixi.toml")
    assert workspace.platforms == ("linux-64", "linux-64-cuda-12-9", "cuda-win")
    plain = workspace.request("default", "linux-64")
    assert (plain.platform, plain.target, specs(plain)) == ("linux-64", "linux-64", ["a 1"])
    gpu = workspace.request("default", "linux-64-cuda-12-9")
    assert (gpu.platform, gpu.target, specs(gpu)) == ("linux-64", "linux-64-cuda-12-9", ["a 2", "b"])
    assert [each.version for each in gpu.system_requirements] == ["12.9"]
    assert specs(workspace.request("default", "win-64")) == ["a 2"]


def test_a_subdir_stands_for_its_platforms_unless_one_is_named(room: Room) -> None:
    workspace = room.load(PLATFORMS, "pixi.toml")
    assert workspace.supported_platforms("default") == workspace.platforms
    assert workspace.supported_platforms("plain") == ("linux-64",)
    assert workspace.supported_platforms("gpu") == ("linux-64-cuda-12-9",)
    # What one feature has by name is what the other one means by the subdir.
    assert workspace.supported_platforms("both") == ("linux-64-cuda-12-9",)


def test_the_current_platform_by_default(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = room.pixi(TARGETS)
    monkeypatch.setattr("interlock.manifest.merge.current_platform", lambda: "osx-arm64")
    assert workspace.request().platform == "osx-arm64"


def test_pixis_variables(room: Room) -> None:
    workspace = room.load(
        """\
        [workspace]
        name = "demo"
        channels = []
        platforms = ["linux-64", { name = "gpu", platform = "linux-64", cuda = "12" }, "osx-arm64"]
        [feature.x]
        platforms = ["linux-64", "gpu"]
        [environments]
        x = ["x"]
        """,
        "pixi.toml",
    )

    def variables(name: str) -> dict[str, str]:
        return dict(workspace.request(name, "linux-64").activation.project)

    assert variables("default") == {
        "PIXI_PROJECT_ROOT": str(room.root),
        "PIXI_PROJECT_NAME": "demo",
        "PIXI_PROJECT_MANIFEST": str(room.root / "pixi.toml"),
        "PIXI_PROJECT_VERSION": "NO_VERSION_SPECIFIED",
        "PIXI_ENVIRONMENT_NAME": "default",
        "PIXI_ENVIRONMENT_PLATFORMS": "linux-64,gpu,osx-arm64",
        "PIXI_PROMPT": "(demo) ",
        "CONDA_DEFAULT_ENV": "demo",
    }
    assert (
        variables("x").items()
        >= {
            "PIXI_ENVIRONMENT_NAME": "x",
            "PIXI_ENVIRONMENT_PLATFORMS": "linux-64,gpu",
            "PIXI_PROMPT": "(demo:x) ",
            "CONDA_DEFAULT_ENV": "demo:x",
        }.items()
    )


def test_variables_of_activation_by_feature_and_target(room: Room) -> None:
    found = room.pixi_request(
        """\
        [activation.env]
        A = "default"
        B = "default"
        [target.unix.activation.env]
        B = "unix"
        [target.linux.activation.env]
        B = "linux"
        [feature.x.activation.env]
        A = "x"
        [environments]
        e = ["x"]
        """,
        "e",
    )
    assert dict(found.activation.env) == {"A": "x", "B": "linux"}
