"""Resolutions with the real uv and a local index."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from packaging.utils import canonicalize_name

from interlock.core.pep508 import NEVER as HOLDS_NOWHERE
from interlock.resolve.uv.errors import NoResolutionError
from interlock.resolve.verify import violations
from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.sdists import Backend, Source
from interlock_hooks.types import (
    Index,
    InterlockError,
    Metadata,
    NameSelection,
    PyPIOptions,
    PythonTarget,
    ScopedOverride,
    SolveStrategy,
)
from unit.resolve.asking import LINUX, Asker, requirement, versions

NEVER = Backend(on_metadata="raise SystemExit('a backend ran')", on_build="raise SystemExit('a backend ran')")


def numpy_and_dependants(packages: Distributions) -> None:
    """The case of the facts: only needsnp 1.0 fits numpy 2.1.3."""
    for version in ("1.26.0", "2.1.3", "2.3.0"):
        packages.wheel("numpy", version, tag="cp312-cp312-manylinux_2_17_x86_64")
    for version, limit in (("1.0", "<3"), ("2.0", ">=2.3"), ("3.0", "<2")):
        packages.wheel("needsnp", version, requires=[f"numpy{limit}"])


class TestPins:
    def test_a_dependant_is_chosen_that_fits_what_conda_provides(self, packages: Distributions, ask: Asker) -> None:
        numpy_and_dependants(packages)
        resolution = ask("needsnp", conda=("numpy 2.1.3", "unused 1.0"))
        assert versions(resolution) == {"needsnp": "1.0"}
        assert [entry.name for entry in resolution.provided] == ["numpy", "unused"]
        assert resolution.packages[0].requires == ("numpy<3",)

    def test_a_name_that_no_index_knows_can_be_provided(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("app", "1.0", requires=["private-thing>=4"])
        assert versions(ask("app", conda=("private-thing 4.2",))) == {"app": "1.0"}

    def test_a_requirement_on_a_provided_name_installs_nothing(self, packages: Distributions, ask: Asker) -> None:
        numpy_and_dependants(packages)
        assert versions(ask("numpy>=2", conda=("numpy 2.1.3",))) == {}

    def test_pins_survive_no_binary_and_other_indexes(
        self, packages: Distributions, other_index: Distributions, ask: Asker
    ) -> None:
        numpy_and_dependants(packages)
        other_index.wheel("numpy", "2.1.3")
        options = PyPIOptions(
            indexes=(Index(url=other_index.url, name="other"), ask.index),
            no_binary=NameSelection(names=frozenset({canonicalize_name("numpy")})),
        )
        assert versions(ask("needsnp", "numpy", conda=("numpy 2.1.3",), options=options)) == {"needsnp": "1.0"}

    def test_a_provided_package_may_be_pinned_to_an_index(self, packages: Distributions, ask: Asker) -> None:
        numpy_and_dependants(packages)
        assert versions(ask(requirement("numpy", index="local"), conda=("numpy 2.1.3",))) == {}

    def test_pins_have_no_date(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        options = PyPIOptions(indexes=(ask.index,), exclude_newer="2020-01-01", no_build=NameSelection(everything=True))
        assert versions(ask("numpy", conda=("numpy 2.1.3",), options=options)) == {}

    def test_extras_of_a_provided_package_that_are_known_are_kept(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("fsspec-s3", "1.0")
        known = Metadata(
            name=canonicalize_name("fsspec"),
            requires_dist=("aiohttp", 'fsspec-s3 ; extra == "s3"'),
            provides_extra=("s3",),
        )
        resolution = ask("fsspec[s3]", conda=("fsspec 2026.1",), metadata=(known,))
        assert versions(resolution) == {"fsspec-s3": "1.0"}

    def test_conda_versions_that_pep440_does_not_know(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("app", "1.0", requires=["oddly>=9"])
        assert versions(ask("app", conda=("oddly 9e",))) == {"app": "1.0"}


class TestEdges:
    def test_requirements_are_those_that_are_active(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("lean", "1.0")
        packages.wheel(
            "app",
            "1.0",
            requires=["leaf<2 ; python_version > '3'", "absent ; sys_platform == 'win32'"],
            extras={"more": ["lean>=0.5,!=0.7"], "other": ["absent"]},
        )
        app = ask("app[more]").get("app")
        assert app is not None
        assert app.requires == ("leaf<2", "lean!=0.7,>=0.5")
        assert app.extras == ("more",)

    def test_every_kind_of_specifier_comes_back_from_the_log(self, packages: Distributions, ask: Asker) -> None:
        declared = {
            "any": "",
            "arbitrary": "===1.5",
            "below": "<2",
            "below-pre": "<2.0rc1",
            "compatible": "~=1.4",
            "compatible-patch": "~=1.5.0",
            "exact": "==1.5",
            "family": "==1.*",
            "greater": ">1.0",
            "local": "==1.5+cu124",
            "many": ">=1,!=1.3,!=1.4,<2",
            "not-equal": "!=1.6",
            "not-family": "!=1.6.*",
            "not-within": ">1.0,!=1.2.*,<2.0",
            "pre": ">=1.0a1",
            "up-to": "<=1.5",
        }
        for name in declared:
            packages.wheel(name, "1.5+cu124" if name == "local" else "1.5")
        packages.wheel("app", "1.0", requires=[f"{name}{limit}" for name, limit in declared.items()])
        app = ask("app").get("app")
        assert app is not None
        expected = declared | {
            "arbitrary": "==1.5",
            "compatible": "<2,>=1.4",
            "compatible-patch": "<1.6,>=1.5.0",
            "many": "!=1.3,!=1.4,<2,>=1",
            "not-within": "!=1.2.*,<2.0,>1.0",
        }
        assert app.requires == tuple(sorted(f"{name}{limit}" for name, limit in expected.items()))

    def test_constraints_do_not_appear_as_requirements(self, packages: Distributions, ask: Asker) -> None:
        for version in ("1.0", "1.5", "2.0"):
            packages.wheel("leaf", version)
        packages.wheel("app", "1.0", requires=["leaf"])
        resolution = ask("app", constraints=("leaf~=1.0", "leaf!=1.5"))
        assert versions(resolution) == {"app": "1.0", "leaf": "1.0"}
        assert resolution.packages[0].requires == ("leaf",)

    def test_an_exact_requirement_on_a_pin_is_not_mistaken_for_the_pin(
        self, packages: Distributions, ask: Asker
    ) -> None:
        packages.wheel("app", "1.0", requires=["numpy==2.1.3"])
        assert ask("app", conda=("numpy 2.1.3",)).packages[0].requires == ("numpy==2.1.3",)

    def test_an_override_that_never_holds_leaves_the_package_out(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("app", "1.0", requires=["gone", "leaf"])
        packages.wheel("leaf", "1.0", requires=["gone>=2"])
        request = ask.request("app", "gone", overrides=(f"gone ; {HOLDS_NOWHERE}",))
        resolution = ask.resolve(request)
        assert {each.name: each.requires for each in resolution.packages} == {"app": ("leaf",), "leaf": ()}
        assert violations(request, resolution) == []

    def test_overrides_of_one_package_replace_and_add_requirements(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("app", "1.0", requires=["leaf<2", "gone"])
        packages.wheel("other", "1.0", requires=["leaf"])
        packages.wheel("more", "1.0")
        for version in ("1.0", "2.0"):
            packages.wheel("leaf", version)
        said = ("leaf>=2", f"gone ; {HOLDS_NOWHERE}", "more")
        scoped = ScopedOverride(package=canonicalize_name("app"), version="1.0", requirements=said)
        request = ask.request("app", "other", scoped_overrides=(scoped,))
        resolution = ask.resolve(request)
        assert versions(resolution) == {"app": "1.0", "leaf": "2.0", "more": "1.0", "other": "1.0"}
        assert next(each.requires for each in resolution.packages if each.name == "app") == ("leaf>=2", "more")
        assert violations(request, resolution) == []

    def test_what_conda_supplies_requires_what_conda_says(self, packages: Distributions, ask: Asker) -> None:
        scoped = ScopedOverride(package=canonicalize_name("app"), requirements=("more",))
        packages.wheel("user", "1.0", requires=["app"])
        assert versions(ask("user", conda=("app 1.0",), scoped_overrides=(scoped,))) == {"user": "1.0"}

    def test_overrides_replace_requirements(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("leaf", "2.0")
        packages.wheel("app", "1.0", requires=["leaf<2"])
        resolution = ask("app", overrides=("leaf>=2",))
        assert versions(resolution) == {"app": "1.0", "leaf": "2.0"}
        assert resolution.packages[0].requires == ("leaf>=2",)

    def test_extras_asked_for_by_other_packages(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("base", "1.0", extras={"one": [], "two": []})
        packages.wheel("app", "1.0", requires=["Base[one,two]>=1"])
        resolution = ask("app")
        assert resolution.packages[0].requires == ("base[one,two]>=1",)
        assert resolution.packages[1].extras == ("one", "two")


class TestArtifacts:
    def test_the_most_specific_wheel_that_fits(self, packages: Distributions, ask: Asker) -> None:
        tags = (
            "cp311-cp311-manylinux_2_17_x86_64",
            "cp310-abi3-manylinux_2_28_x86_64",
            "cp312-cp312-manylinux_2_17_x86_64",
            "cp312-cp312-manylinux_2_34_x86_64",
            "cp312-cp312-win_amd64",
            "cp312-cp312-macosx_11_0_arm64",
            "cp312-cp312-macosx_14_0_arm64",
            "py3-none-any",
        )
        for tag in tags:
            packages.wheel("native", "1.0", tag=tag)

        def chosen(python: PythonTarget) -> str | None:
            return ask("native", python=python).packages[0].artifact.filename

        assert chosen(LINUX) == "native-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
        assert chosen(replace(LINUX, glibc="2.35")) == "native-1.0-cp312-cp312-manylinux_2_34_x86_64.whl"
        assert chosen(replace(LINUX, glibc="2.17")) == "native-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
        assert chosen(replace(LINUX, version="3.13.0")) == "native-1.0-cp310-abi3-manylinux_2_28_x86_64.whl"
        assert chosen(PythonTarget(version="3.12.7", platform="win-64")) == "native-1.0-cp312-cp312-win_amd64.whl"
        mac = PythonTarget(version="3.12.7", platform="osx-arm64")
        assert chosen(replace(mac, macos="15.0")) == "native-1.0-cp312-cp312-macosx_14_0_arm64.whl"
        assert chosen(replace(mac, macos="12.0")) == "native-1.0-cp312-cp312-macosx_11_0_arm64.whl"
        assert chosen(replace(LINUX, platform="linux-aarch64")) == "native-1.0-py3-none-any.whl"

    def test_wheels_and_sources_for_an_interpreter_without_the_global_lock(
        self, packages: Distributions, ask: Asker
    ) -> None:
        python = replace(LINUX, version="3.13.1", free_threaded=True)
        for tag in ("cp313-cp313-manylinux_2_17_x86_64", "cp313-cp313t-manylinux_2_17_x86_64"):
            packages.wheel("both", "1.0", tag=tag)
        packages.wheel("locked", "1.0", tag="cp313-cp313-manylinux_2_17_x86_64")
        packages.wheel("stable", "1.0", tag="cp310-abi3-manylinux_2_17_x86_64")
        for name in ("locked", "stable"):
            packages.sdist(name, "1.0")
        packages.wheel("program", "1.0", tag="py3-none-manylinux_2_17_x86_64")
        packages.wheel("pure", "1.0")
        wanted = ("both", "locked", "stable", "program", "pure")

        def chosen(python: PythonTarget) -> dict[str, str | None]:
            return {each.name: each.artifact.filename for each in ask(*wanted, python=python).packages}

        assert chosen(python) == {
            "both": "both-1.0-cp313-cp313t-manylinux_2_17_x86_64.whl",
            "locked": "locked-1.0.tar.gz",
            "stable": "stable-1.0.tar.gz",
            "program": "program-1.0-py3-none-manylinux_2_17_x86_64.whl",
            "pure": "pure-1.0-py3-none-any.whl",
        }
        usual = chosen(replace(python, free_threaded=False))
        assert usual["both"] == "both-1.0-cp313-cp313-manylinux_2_17_x86_64.whl"
        assert usual["stable"] == "stable-1.0-cp310-abi3-manylinux_2_17_x86_64.whl"

    def test_an_older_version_that_has_a_wheel_without_the_global_lock(
        self, packages: Distributions, ask: Asker
    ) -> None:
        packages.wheel("native", "2.0", tag="cp313-cp313-win_amd64")
        packages.wheel("native", "1.0", tag="cp313-cp313t-win_amd64")
        windows = PythonTarget(version="3.13.1", platform="win-64", free_threaded=True)
        assert versions(ask("native", python=windows)) == {"native": "1.0"}

    @pytest.mark.parametrize(
        ("tag", "why", "fix"),
        [
            (
                "cp313-cp313-manylinux_2_17_x86_64",
                "it is for cp313-cp313; extension modules for free-threaded Python have their own ABI",
                "(free-threaded)",
            ),
            (
                "cp39-abi3-manylinux_2_17_x86_64",
                "it is for cp39-abi3; extension modules for free-threaded Python have their own ABI",
                "(free-threaded)",
            ),
            ("cp313-cp313t-manylinux_2_34_x86_64", "glibc 2.34", 'libc = "2.34"'),
            ("cp313-cp313t-musllinux_1_2_x86_64", "it is for musllinux_1_2_x86_64", "a source distribution"),
            ("py3-none-win_amd64", "it is for win_amd64", "linux-64"),
        ],
    )
    def test_a_wheel_by_url_that_does_not_fit(self, tmp_path: Path, ask: Asker, tag: str, why: str, fix: str) -> None:
        wheel = Distributions(tmp_path / "elsewhere").wheel("native", "1.0", tag=tag)
        python = replace(LINUX, version="3.13.1", free_threaded=True)
        with pytest.raises(InterlockError) as caught:
            ask(f"native @ {wheel.as_uri()}", python=python)
        (finding,) = caught.value.findings
        assert (finding.code, finding.where and finding.where.line) == ("IL313", 7)
        assert finding.what == f"{wheel.name} does not fit Python 3.13.1 (free-threaded) on linux-64"
        assert why in finding.why
        assert fix in finding.fix

    def test_a_file_of_an_index(self, packages: Distributions, ask: Asker) -> None:
        wheel = packages.wheel("leaf", "1.0")
        leaf = ask("leaf").packages[0]
        assert leaf.artifact.kind == "wheel"
        assert leaf.artifact.filename == wheel.name
        assert leaf.artifact.url.startswith("http://127.0.0.1")
        assert leaf.artifact.sha256 is not None
        assert leaf.index == packages.url

    def test_no_binary_takes_the_sdist(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.sdist("leaf", "1.0")
        options = PyPIOptions(
            indexes=(ask.index,), no_binary=NameSelection(names=frozenset({canonicalize_name("Leaf")}))
        )
        assert ask("leaf", options=options).packages[0].artifact.kind == "sdist"
        assert ask("leaf").packages[0].artifact.kind == "wheel"

    def test_no_build_takes_an_older_wheel(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.sdist("leaf", "2.0")
        options = PyPIOptions(indexes=(ask.index,), no_build=NameSelection(everything=True))
        assert versions(ask("leaf", options=options)) == {"leaf": "1.0"}

    def test_find_links_relative_to_the_manifest(self, tmp_path: Path, ask: Asker) -> None:
        links = Distributions(tmp_path / "links here")
        wheel = links.wheel("leaf", "3.0")
        leaf = ask("leaf", options=PyPIOptions(indexes=(ask.index,), find_links=("links here",))).packages[0]
        assert leaf.artifact.url == wheel.as_uri()
        assert leaf.artifact.sha256 is not None
        assert leaf.index is None

    def test_without_an_index_only_links_serve(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "4.0")
        packages.wheel("other", "1.0")
        Distributions(tmp_path / "links").wheel("leaf", "3.0", requires=["held"])
        options = PyPIOptions(indexes=(ask.index,), find_links=("links",), no_index=True)
        named = requirement("leaf", index="local")
        assert versions(ask(named, conda=("held 1.0",), options=options)) == {"leaf": "3.0"}
        with pytest.raises(NoResolutionError) as caught:
            ask("other", options=options)
        (finding,) = caught.value.findings
        assert "`no-index`" in f"{finding.why} {finding.details}"

    def test_a_wheel_by_url(self, packages: Distributions, ask: Asker, tmp_path: Path) -> None:
        wheel = Distributions(tmp_path / "elsewhere").wheel("leaf", "3.0")
        leaf = ask(f"leaf @ {wheel.as_uri()}").packages[0]
        assert (leaf.version, leaf.artifact.kind, leaf.artifact.url) == ("3.0", "wheel", wheel.as_uri())
        assert leaf.index is None
        remote = packages.wheel("other", "1.0")
        address = packages.url.replace("/simple/", f"/files/{remote.name}")
        assert ask(f"other @ {address}").packages[0].artifact.url == address

    def test_an_sdist_by_url(self, tmp_path: Path, ask: Asker) -> None:
        sdist = Distributions(tmp_path / "elsewhere").sdist("leaf", "3.0", backend=NEVER)
        leaf = ask(f"leaf @ {sdist.as_uri()}").packages[0]
        assert (leaf.version, leaf.artifact.kind) == ("3.0", "sdist")

    def test_directories(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        tree = Source(name="tree", version="1.2", requires=["leaf"], backend=NEVER).write_tree(tmp_path / "a tree")
        lonely = Source(name="lonely", version="0.3", backend=NEVER).write_tree(tmp_path / "lonely")
        url = f"file://{quote(str(tree))}"
        resolution = ask(requirement(f"tree @ {url}", editable=True), f"lonely @ {lonely.as_uri()}")
        assert versions(resolution) == {"leaf": "1.0", "lonely": "0.3", "tree": "1.2"}
        found = resolution.get("tree")
        assert found is not None
        assert (found.artifact.kind, found.artifact.url, found.artifact.editable) == ("directory", url, True)
        assert found.requires == ("leaf",)
        assert not resolution.packages[1].artifact.editable

    def test_git(self, tmp_path: Path, ask: Asker) -> None:
        Source(name="tree", version="1.2", backend=NEVER).write_tree(tmp_path / "repository" / "python")
        commit = make_repository(tmp_path / "repository")
        url = (tmp_path / "repository").as_uri()
        artifact = ask(f"tree @ git+{url}@v1#subdirectory=python").packages[0].artifact
        assert (artifact.kind, artifact.url, artifact.commit, artifact.subdirectory) == ("git", url, commit, "python")


class TestIndexes:
    def test_an_explicit_index_serves_only_what_names_it(
        self, packages: Distributions, other_index: Distributions, ask: Asker
    ) -> None:
        for name in ("leaf", "torch"):
            packages.wheel(name, "1.0")
            other_index.wheel(name, "9.0")
        other = Index(url=other_index.url, name="other", explicit=True)
        options = PyPIOptions(indexes=(ask.index, other))
        resolution = ask("leaf", requirement("torch", index="other"), options=options)
        assert versions(resolution) == {"leaf": "1.0", "torch": "9.0"}
        assert [package.index for package in resolution.packages] == [packages.url, other_index.url]

    def test_an_index_by_url(self, packages: Distributions, other_index: Distributions, ask: Asker) -> None:
        packages.wheel("torch", "1.0")
        other_index.wheel("torch", "9.0")
        assert versions(ask(requirement("torch", index=other_index.url))) == {"torch": "9.0"}

    def test_a_flat_index_and_the_best_match(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        Distributions(tmp_path / "flat").wheel("leaf", "1.0")
        packages.wheel("leaf", "2.0")
        flat = Index(url="flat", name="flat", format="flat")
        assert versions(ask("leaf", options=PyPIOptions(indexes=(flat, ask.index)))) == {"leaf": "1.0"}
        options = PyPIOptions(indexes=(flat, ask.index), index_strategy="unsafe-best-match")
        assert versions(ask("leaf", options=options)) == {"leaf": "2.0"}

    def test_prereleases(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("leaf", "2.0rc1")
        options = PyPIOptions(indexes=(ask.index,), prerelease="allow")
        assert versions(ask("leaf", options=options)) == {"leaf": "2.0rc1"}

    def test_prereleases_of_single_packages(self, packages: Distributions, ask: Asker) -> None:
        for name in ("one", "two"):
            packages.wheel(name, "1.0")
            packages.wheel(name, "2.0a1")
        allowed = ((canonicalize_name("one"), "allow"),)
        options = PyPIOptions(indexes=(ask.index,), prerelease_package=allowed)
        assert versions(ask("one", "two", options=options)) == {"one": "2.0a1", "two": "1.0"}

    @pytest.mark.parametrize(("strategy", "leaf"), [("lowest", "1.0"), ("lowest-direct", "2.0"), ("highest", "2.0")])
    def test_which_versions_are_chosen(
        self, packages: Distributions, ask: Asker, strategy: SolveStrategy, leaf: str
    ) -> None:
        for version in ("1.0", "2.0"):
            packages.wheel("leaf", version)
            packages.wheel("app", version, requires=["leaf"])
        options = PyPIOptions(indexes=(ask.index,), resolution=strategy)
        app = "2.0" if strategy == "highest" else "1.0"
        assert versions(ask("app", options=options)) == {"app": app, "leaf": leaf}


class TestMetadata:
    def test_static_metadata_of_an_sdist_runs_nothing(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.sdist("static", "1.0", requires=["leaf"], backend=NEVER)
        resolution = ask("static")
        assert versions(resolution) == {"leaf": "1.0", "static": "1.0"}
        assert resolution.metadata == ()

    def test_dynamic_metadata_is_assumed_and_runs_nothing(self, packages: Distributions, ask: Asker) -> None:
        packages.sdist("dyn", "2.0", dynamic=True, backend=NEVER)
        packages.sdist("old", "1.0", dynamic=True, setup_py="raise SystemExit('a backend ran')")
        packages.wheel("app", "1.0", requires=["dyn"])
        for _ in range(2):  # the second time from uv's cache
            resolution = ask("app", "old")
            assert versions(resolution) == {"app": "1.0", "dyn": "2.0", "old": "1.0"}
            assert [(entry.name, entry.version, entry.origin) for entry in resolution.metadata] == [
                ("dyn", "2.0", "assumed"),
                ("old", "1.0", "assumed"),
            ]
            assert all(package.requires in ((), ("dyn",)) for package in resolution.packages)

    def test_an_sdist_without_pkg_info(self, packages: Distributions, ask: Asker) -> None:
        from interlock_hooks.testing.files import write_tar

        write_tar(packages.folder / "bare-1.0.tar.gz", {"bare-1.0/setup.py": "raise SystemExit('a backend ran')"})
        resolution = ask("bare")
        assert [(entry.name, entry.version, entry.origin) for entry in resolution.metadata] == [
            ("bare", "1.0", "assumed")
        ]

    def test_trees_without_a_version(self, tmp_path: Path, ask: Asker) -> None:
        (tmp_path / "tree").mkdir()
        (tmp_path / "tree" / "setup.py").write_text("raise SystemExit('a backend ran')")
        commit = make_repository(tmp_path / "tree")
        url = (tmp_path / "tree").as_uri()
        resolution = ask(f"one @ git+{url}@{commit}", requirement(f"two @ {url}", editable=True))
        assert versions(resolution) == {"one": "0+assumed", "two": "0+assumed"}
        assert [entry.origin for entry in resolution.metadata] == ["assumed", "assumed"]

    def test_an_unknown_version_satisfies_everybody(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        tree = tmp_path / "tree"
        tree.mkdir()
        (tree / "setup.py").write_text("raise SystemExit('a backend ran')")
        packages.wheel("app", "1.0", requires=["tree>=2"])
        for editable in (False, True):
            asked = requirement(f"tree @ {tree.as_uri()}", editable=editable)
            found = ask("app", asked).get("tree")
            assert found is not None
            assert (found.version, found.artifact.editable) == ("0+assumed", editable)

    def test_metadata_of_a_backend_holds_for_its_version_only(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.sdist("dyn", "1.0", dynamic=True, backend=NEVER)
        packages.sdist("dyn", "2.0", dynamic=True, backend=NEVER)
        name = canonicalize_name("dyn")
        said = Metadata(name=name, version="2.0", requires_dist=("leaf>=2",), origin="backend")
        resolution = ask("dyn", metadata=(said,))
        assert versions(resolution) == {"dyn": "1.0"}
        assert resolution.metadata == (Metadata(name=name, version="1.0", origin="assumed"), said)
        fits = replace(said, requires_dist=("leaf",))
        resolution = ask("dyn", metadata=(fits,))
        assert versions(resolution) == {"dyn": "2.0", "leaf": "1.0"}
        assert resolution.metadata == (fits,)

    def test_metadata_in_the_manifest_wins(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.sdist("dyn", "1.0", dynamic=True, backend=NEVER)
        name = canonicalize_name("dyn")
        declared = Metadata(name=name, requires_dist=("leaf",))
        said = Metadata(name=name, requires_dist=("nothing-there",), origin="backend")
        resolution = ask("dyn", metadata=(said, declared))
        assert versions(resolution) == {"dyn": "1.0", "leaf": "1.0"}
        assert ask("dyn", metadata=(declared,)).metadata == ()

    def test_metadata_of_trees(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("app", "1.0", requires=["tree>=2"])
        tree = tmp_path / "tree"
        tree.mkdir()
        (tree / "setup.py").write_text("raise SystemExit('a backend ran')")
        name = canonicalize_name("tree")
        said = Metadata(name=name, version="2.5", requires_dist=("unknown",), origin="backend")
        declared = Metadata(name=name, requires_dist=("leaf",))
        resolution = ask(f"tree @ {tree.as_uri()}", "app", metadata=(said, declared))
        assert versions(resolution) == {"app": "1.0", "leaf": "1.0", "tree": "2.5"}


class TestChoices:
    def test_earlier_versions_are_kept_where_they_fit(self, packages: Distributions, ask: Asker) -> None:
        for version in ("1.0", "2.0"):
            packages.wheel("kept", version)
            packages.wheel("moved", version)
        preferred = ((canonicalize_name("kept"), "1.0"), (canonicalize_name("moved"), "1.0"))
        assert versions(ask("kept", "moved>1", preferred=preferred)) == {"kept": "1.0", "moved": "2.0"}

    def test_the_answer_does_not_depend_on_the_order(self, packages: Distributions, ask: Asker) -> None:
        numpy_and_dependants(packages)
        packages.sdist("dyn", "1.0", dynamic=True)
        assert ask("dyn", "needsnp").packages == ask("needsnp", "dyn").packages

    def test_markers_are_those_of_the_target(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        windows = PythonTarget(version="3.11.9", platform="win-64")
        asked = "leaf ; sys_platform == 'win32' and python_full_version == '3.11.9'"
        assert versions(ask(asked, python=windows)) == {"leaf": "1.0"}
        assert versions(ask(asked)) == {}

    def test_nothing_asked_starts_nothing(self, ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("interlock.resolve.uv.compile.uv", None)
        assert ask(conda=("numpy 2.1.3",)).packages == ()

    def test_warnings_come_with_the_resolution_that_they_are_about(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        (warning,) = ask("leaf[none-such]").warnings
        assert (warning.code, warning.what) == ("IL351", "leaf 1.0 has no extra named 'none-such'")
        assert warning.where is not None

    @pytest.mark.parametrize("reason", ['it is "broken"', ""])
    def test_a_yanked_version(self, packages: Distributions, ask: Asker, reason: str) -> None:
        packages.served.yanked[packages.wheel("leaf", "2.0").name] = reason
        packages.wheel("leaf", "1.0")
        packages.wheel("app", "1.0", requires=["leaf>=1"])
        without = ask("leaf")
        assert (versions(without), without.warnings) == ({"leaf": "1.0"}, ())
        found = ask("app", "leaf==2.0")
        assert versions(found) == {"app": "1.0", "leaf": "2.0"}
        (warning,) = found.warnings
        assert (warning.code, warning.what) == ("IL353", "leaf 2.0 was yanked")
        said = "its publisher took it back" + f": {reason}" * bool(reason)
        assert warning.why == f"{said}; app 1.0 requires leaf>=1"
        assert warning.where is not None


def make_repository(folder: Path) -> str:
    """Put a directory under git, tagged ``v1``, and return the commit."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for command in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message", "all"],
        ["tag", "v1"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_range_on_an_extra_holds_for_a_source_tree(ask: Asker, tmp_path: Path) -> None:
    tree = Source(name="tree", version="2.0", extras={"x": []}).write_tree(tmp_path / "tree").as_uri()
    assert versions(ask(f"tree @ {tree}", "tree[x]<3")) == {"tree": "2.0"}
    editable = requirement(f"tree @ {tree}", editable=True)
    assert versions(ask(editable, "tree<3")) == {"tree": "2.0"}
    with pytest.raises(NoResolutionError):
        ask(editable, "tree<2")
    with pytest.raises(NoResolutionError):
        ask(f"tree @ {tree}", "tree[x]<2")


def test_requirements_of_an_extra_that_was_given_up_do_not_count(packages: Distributions, ask: Asker) -> None:
    """The newer app asks for an extra of lib that does not fit."""
    packages.wheel("app", "2.0", requires=["lib[x]"])
    packages.wheel("app", "1.0")
    packages.wheel("lib", "1.0", requires=["leaf==1.0"], extras={"x": ["leaf!=1.0"]})
    packages.wheel("leaf", "1.0")
    found = ask("app", "lib==1.0")
    (lib,) = (package for package in found.packages if package.name == "lib")
    assert (versions(found)["app"], lib.extras, lib.requires) == ("1.0", (), ("leaf==1.0",))


def test_a_range_on_an_extra_leaves_the_version_of_a_source_tree_open(ask: Asker, tmp_path: Path) -> None:
    tree = Source(name="tree", version="2.0", dynamic=True).write_tree(tmp_path / "tree").as_uri()
    (package,) = ask(f"tree @ {tree}", "tree[x]<3,>1").packages
    assert package.known_version is None
