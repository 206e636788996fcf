"""The fixpoint: with a resolver in a few lines, and with uv."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name
from packaging.version import Version

from interlock.resolve import dynamic
from interlock.resolve.dynamic import resolve_fixpoint
from interlock_hooks.testing.index import Index as Distributions
from interlock_hooks.testing.sdists import Backend
from interlock_hooks.types import (
    Artifact,
    Finding,
    InterlockError,
    Metadata,
    PyPIPackage,
    PyPIRequest,
    Resolution,
)
from unit.resolve.asking import LINUX, Asker, requirement, versions

NEVER = Backend(on_metadata="raise SystemExit('a backend ran')", on_build="raise SystemExit('a backend ran')")


def said(name: str, version: str, *requires: str) -> Metadata:
    return Metadata(name=canonicalize_name(name), version=version, requires_dist=requires, origin="backend")


class Toy:
    """A resolver without conflicts: everything at its newest version that all requirements allow.

    ``sdists`` are dynamic, ``wheels`` have no requirements; both map names to versions.
    """

    def __init__(self, *, wheels: dict[str, list[str]] | None = None, sdists: dict[str, list[str]]) -> None:
        self.wheels = wheels or {}
        self.sdists = sdists
        self.requests: list[PyPIRequest] = []

    def __call__(self, request: PyPIRequest) -> Resolution:
        self.requests.append(request)
        known = {(entry.name, entry.version): entry for entry in request.metadata}
        limits = [Pep508(entry.text) for entry in request.requirements]
        selected: dict[str, str] = {}
        for _ in range(10):
            selected = {limit.name: self._newest(limit.name, limits) for limit in limits}
            nodes = [(canonicalize_name(name), version) for name, version in selected.items()]
            found = [Pep508(text) for node in nodes if node in known for text in known[node].requires_dist]
            limits = [Pep508(entry.text) for entry in request.requirements] + found
        packages = [self._package(name, version) for name, version in sorted(selected.items())]
        metadata = [
            known.get((package.name, package.version))
            or Metadata(name=package.name, version=package.version, origin="assumed")
            for package in packages
            if package.needs_build
        ]
        return Resolution(python=LINUX, packages=tuple(packages), metadata=tuple(metadata))

    def _newest(self, name: str, limits: list[Pep508]) -> str:
        offered = (self.wheels | self.sdists)[name]
        fitting = [version for version in offered if all(version in x.specifier for x in limits if x.name == name)]
        return max(fitting, key=Version)

    def _package(self, name: str, version: str) -> PyPIPackage:
        kind = "sdist" if name in self.sdists else "wheel"
        url = f"https://example.org/{name}-{version}.tar.gz"
        artifact = Artifact(kind=kind, url=url)  # type: ignore[arg-type]
        return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact)


def request(*texts: str, metadata: tuple[Metadata, ...] = ()) -> PyPIRequest:
    asked = tuple(requirement(text) for text in texts)
    return PyPIRequest(environment="default", python=LINUX, root="/", requirements=asked, metadata=metadata)


class Backends:
    """What backends say, by a function of the package and the resolution; ``calls`` are the packages asked."""

    def __init__(self, answer: Callable[[PyPIPackage, Resolution], tuple[str, ...]]) -> None:
        self.answer = answer
        self.calls: list[str] = []

    def __call__(self, package: PyPIPackage, resolution: Resolution) -> Metadata:
        self.calls.append(str(package))
        return said(package.name, package.version, *self.answer(package, resolution))


def test_what_files_state_is_asked_again_where_it_is_doubted() -> None:
    toy = Toy(sdists={"dyn": ["1.0"]}, wheels={"dep": ["1.0"]})
    stated = Metadata(name=canonicalize_name("dyn"), version="1.0", origin="conda")
    found = resolve_fixpoint(
        replace(request("dyn"), metadata=(stated,)),
        toy,
        lambda *_: said("dyn", "1.0", "dep"),
        lambda package, _: package.name == "dyn",
    )
    assert versions(found) == {"dyn": "1.0", "dep": "1.0"}


def test_without_dynamic_packages_one_resolution_is_enough() -> None:
    toy = Toy(wheels={"leaf": ["1.0"]}, sdists={})
    backends = Backends(lambda *_: ())
    assert versions(resolve_fixpoint(request("leaf"), toy, backends)) == {"leaf": "1.0"}
    assert (len(toy.requests), backends.calls) == (1, [])


def test_what_backends_say_is_resolved_with() -> None:
    toy = Toy(wheels={"leaf": ["1.0", "2.0"]}, sdists={"dyn": ["1.0"]})
    backends = Backends(lambda *_: ("leaf<2",))
    resolution = resolve_fixpoint(request("dyn"), toy, backends)
    assert versions(resolution) == {"dyn": "1.0", "leaf": "1.0"}
    assert resolution.metadata == (said("dyn", "1.0", "leaf<2"),)
    assert backends.calls == ["dyn 1.0", "dyn 1.0"]


def test_dynamic_packages_that_require_dynamic_packages() -> None:
    toy = Toy(sdists={name: ["1.0"] for name in "abc"})
    needs = {"a": ("b",), "b": ("c",), "c": ()}
    resolution = resolve_fixpoint(request("a"), toy, Backends(lambda package, _: needs[package.name]))
    assert versions(resolution) == {"a": "1.0", "b": "1.0", "c": "1.0"}
    assert len(toy.requests) == 4


def test_metadata_that_follows_another_package() -> None:
    """The shape of axolotl: what it requires depends on the torch that was resolved."""
    toy = Toy(wheels={"torch": ["2.6", "2.7"], "xformers": ["1", "2"]}, sdists={"axolotl": ["1.0"]})

    def answer(_: PyPIPackage, resolution: Resolution) -> tuple[str, ...]:
        torch = resolution.get("torch")
        assert torch is not None
        return ("xformers<2",) if torch.version == "2.6" else ("xformers>=2",)

    newest = resolve_fixpoint(request("axolotl", "torch"), toy, Backends(answer))
    assert versions(newest) == {"axolotl": "1.0", "torch": "2.7", "xformers": "2"}
    older = resolve_fixpoint(request("axolotl", "torch<2.7"), toy, Backends(answer))
    assert versions(older) == {"axolotl": "1.0", "torch": "2.6", "xformers": "1"}


def test_answers_are_asked_again_for_the_final_resolution() -> None:
    toy = Toy(wheels={"torch": ["2.6", "2.7"], "old": ["1"], "new": ["1"]}, sdists={"dyn": ["1"], "limiter": ["1"]})

    def answer(package: PyPIPackage, resolution: Resolution) -> tuple[str, ...]:
        torch = resolution.get("torch")
        assert torch is not None
        if package.name == "limiter":
            return ("torch<2.7",)
        return ("old",) if torch.version == "2.6" else ("new",)

    resolution = resolve_fixpoint(request("dyn", "limiter", "torch"), toy, Backends(answer))
    assert versions(resolution) == {"dyn": "1", "limiter": "1", "old": "1", "torch": "2.6"}


def test_a_version_that_was_given_up_keeps_its_metadata() -> None:
    """Otherwise it would be taken again, as a version that requires nothing."""

    class Backtracking(Toy):
        def __call__(self, request: PyPIRequest) -> Resolution:
            known = {entry.version for entry in request.metadata}
            self.sdists["dyn"] = ["1.0"] if "2.0" in known else ["1.0", "2.0"]
            return super().__call__(request)

    backends = Backends(lambda *_: ())
    toy = Backtracking(sdists={"dyn": []})
    assert versions(resolve_fixpoint(request("dyn"), toy, backends)) == {"dyn": "1.0"}
    assert backends.calls == ["dyn 2.0", "dyn 1.0", "dyn 1.0"]


def test_a_circle_is_an_error_that_shows_both_states() -> None:
    toy = Toy(wheels={"torch": ["2.6", "2.7"]}, sdists={"dyn": ["1.0"]})

    def contrary(_: PyPIPackage, resolution: Resolution) -> tuple[str, ...]:
        torch = resolution.get("torch")
        return ("torch<2.7",) if torch and torch.version == "2.7" else ("torch>=2.7",)

    with pytest.raises(InterlockError) as caught:
        resolve_fixpoint(request("dyn", "torch"), toy, Backends(contrary))
    (finding,) = caught.value.findings
    assert finding.code == "IL481"
    assert finding.exit_code == 3
    shown = "\n".join(finding.details)
    assert "torch: 2.6 in one state, 2.7 in the other" in shown
    assert "dyn 1.0 requires: torch<2.7 in one state, torch>=2.7 in the other" in shown


def test_rounds_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamic, "ROUND_LIMIT", 4)
    toy = Toy(wheels={"leaf": [str(n) for n in range(100)]}, sdists={"dyn": ["1.0"]})
    count = iter(range(100))
    with pytest.raises(InterlockError) as caught:
        resolve_fixpoint(request("dyn"), toy, Backends(lambda *_: (f"leaf=={next(count)}",)))
    assert caught.value.findings[0].code == "IL482"
    assert caught.value.findings[0].details
    assert len(toy.requests) == 4


@pytest.mark.parametrize(("name", "version"), [("mmcv-lite", "1.0"), ("mmcv", "1.1"), ("mmcv", "not a version")])
def test_another_name_or_version_is_an_error(name: str, version: str) -> None:
    toy = Toy(sdists={"mmcv": ["1.0"]})
    with pytest.raises(InterlockError) as caught:
        resolve_fixpoint(request("mmcv"), toy, lambda *_: said(name, version))
    (finding,) = caught.value.findings
    assert finding.code == "IL480"
    assert f"{name} {version}" in finding.what


def test_spellings_of_one_version_are_equal() -> None:
    toy = Toy(sdists={"dyn": ["1.0"]})
    resolution = resolve_fixpoint(request("dyn"), toy, lambda *_: said("DYN", "1.0.0"))
    assert resolution.metadata == (said("dyn", "1.0"),)


def failure(name: str) -> InterlockError:
    return InterlockError(Finding(code="IL410", what=f"{name} failed"))


def test_a_build_that_fails_is_tried_again_when_others_brought_what_it_lacked() -> None:
    toy = Toy(wheels={"numpy": ["2.0"]}, sdists={"brings": ["1.0"], "lacks": ["1.0"]})

    def answer(package: PyPIPackage, resolution: Resolution) -> tuple[str, ...]:
        if package.name == "brings":
            return ("numpy",)
        if resolution.get("numpy") is None:
            raise failure("lacks")
        return ()

    resolution = resolve_fixpoint(request("brings", "lacks"), toy, Backends(answer))
    assert versions(resolution) == {"brings": "1.0", "lacks": "1.0", "numpy": "2.0"}


def test_a_build_that_goes_on_failing_is_the_error() -> None:
    toy = Toy(sdists={"good": ["1.0"], "lacks": ["1.0"]})

    def answer(package: PyPIPackage, _: Resolution) -> tuple[str, ...]:
        if package.name == "lacks":
            raise failure("lacks")
        return ()

    with pytest.raises(InterlockError, match="lacks failed"):
        resolve_fixpoint(request("good", "lacks"), toy, Backends(answer))


class TestWithUv:
    def test_a_dynamic_sdist(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("leaf", "2.0")
        packages.sdist("dyn", "1.0", dynamic=True, backend=NEVER)
        packages.sdist("dyn", "2.0", dynamic=True, backend=NEVER)
        backends = Backends(lambda package, _: ("leaf<2",) if package.version == "1.0" else ("leaf>=3",))
        resolution = resolve_fixpoint(ask.request("dyn"), ask.resolve, backends)
        assert versions(resolution) == {"dyn": "1.0", "leaf": "1.0"}
        assert resolution.packages[0].requires == ("leaf<2",)
        assert backends.calls == ["dyn 2.0", "dyn 1.0", "dyn 1.0"]
        again = ask.resolve(replace(ask.request("dyn"), metadata=resolution.metadata))
        assert again == resolution

    def test_only_selected_candidates_are_asked(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        for version in ("1.0", "2.0", "3.0", "4.0"):
            packages.sdist("dyn", version, dynamic=True, backend=NEVER)
            packages.wheel("app", version, requires=["dyn==" + version, f"leaf<={version}", f"leaf>={version}"])
        backends = Backends(lambda *_: ())
        resolution = resolve_fixpoint(ask.request("app"), ask.resolve, backends)
        assert versions(resolution) == {"app": "1.0", "dyn": "1.0", "leaf": "1.0"}
        assert set(backends.calls) == {"dyn 1.0"}

    def test_a_tree_gets_its_version(self, tmp_path: Path, packages: Distributions, ask: Asker) -> None:
        packages.wheel("leaf", "1.0")
        packages.wheel("app", "1.0", requires=["tree>=2"])
        tree = tmp_path / "tree"
        tree.mkdir()
        (tree / "setup.py").write_text("raise SystemExit('a backend ran')")
        asked = requirement(f"tree @ {tree.as_uri()}", editable=True)
        resolution = resolve_fixpoint(
            ask.request("app", asked), ask.resolve, lambda *_: said("tree", "2.5-dev1+G123", "leaf")
        )
        assert versions(resolution) == {"app": "1.0", "leaf": "1.0", "tree": "2.5.dev1+g123"}
        found = resolution.get("tree")
        assert found is not None
        assert found.requires == ("leaf",)
        assert found.artifact.editable

    def test_an_archive_that_does_not_know_its_version(self, tmp_path: Path, ask: Asker) -> None:
        from interlock_hooks.testing.files import write_tar

        archive = write_tar(tmp_path / "main.tar.gz", {"tree-main/setup.py": "raise SystemExit('a backend ran')"})
        asked = ask.request(f"tree @ {archive.as_uri()}")
        resolution = resolve_fixpoint(asked, ask.resolve, lambda *_: said("tree", "7"))
        assert versions(resolution) == {"tree": "7"}

    def test_pins_hold_against_what_a_backend_says(self, packages: Distributions, ask: Asker) -> None:
        packages.wheel("numpy", "1.26.0")
        packages.sdist("dyn", "1.0", dynamic=True, backend=NEVER)
        asked = ask.request("dyn", conda=("numpy 2.1.3",))
        fits = resolve_fixpoint(asked, ask.resolve, Backends(lambda *_: ("numpy>=2",)))
        assert versions(fits) == {"dyn": "1.0"}
        assert fits.packages[0].requires == ("numpy>=2",)
        with pytest.raises(InterlockError) as caught:
            resolve_fixpoint(asked, ask.resolve, Backends(lambda *_: ("numpy<2",)))
        assert caught.value.findings[0].code == "IL310"
