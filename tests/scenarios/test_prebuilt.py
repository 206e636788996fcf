"""Wheels that others have built: one that fits is used instead of a build, one that lies is told and kept out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kit.miniatures import add_compiled_torch, add_cpp_extension, cpp_extension_wheel
from kit.project import Project
from kit.signing import ALICE, BOB, key_file

pytestmark = pytest.mark.scenario

SYMBOL = "c10::check(char const*)"
SOURCES = '[tool.interlock.build.packages.ext]\nprebuilt = ["../prebuilt"]\n'
ONLY = '[tool.interlock.build]\nprebuilt = "only"\n'


@pytest.fixture
def torches(project: Project, tmp_path: Path) -> Project:
    """A project whose index has two torches, and an sdist that is built against either."""
    add_compiled_torch(project.index, tmp_path / "torches")
    add_cpp_extension(project.index, "2.6.0", build_requires=["torch==2.6.0"])
    return project


def offer(project: Project, built_for: str, name: str, folder: Path | None = None) -> Path:
    """A wheel of ``ext``, by default beside the project, built for one torch and named as its publisher likes."""
    folder = folder or project.root.parent / "prebuilt"
    wheel = cpp_extension_wheel(folder / built_for, built_for)
    return Path(shutil.move(wheel, folder / name))


def test_a_wheel_that_fits_is_used_and_nothing_is_built(torches: Project) -> None:
    # As an index serves them; what they say of themselves is 1.0, as with flash-attn's.
    folder = torches.index.folder / "prebuilt"
    offer(torches, "2.6.0", "ext-1.0+pt26cpu-py3-none-linux_x86_64.whl", folder)
    right = offer(torches, "2.7.0", "ext-1.0+pt27cpu-py3-none-linux_x86_64.whl", folder)
    source = (
        f'[tool.interlock.build.packages.ext]\nprebuilt = [{{ index = "{torches.index.served.below("prebuilt")}" }}]\n'
    )
    torches.declare("ext", "torch==2.7.0", extra=ONLY + source)
    torches.make_lock().ok()
    (plan,) = torches.lock["environments"]["default"]["platforms"]["linux-64"]["plans"]
    assert plan["prebuilt"]["filename"] == right.name
    assert "torch 2.7" in " ".join(plan["prebuilt"]["why"])
    result = torches.install().ok()
    (built,) = result.json["built"]
    assert built["prebuilt"] is True
    assert torches.python("import ext; print(ext.answer)") == "27"
    (package,) = torches.run("env", "why", "ext", "--json").ok().json["packages"]
    assert package["prebuilt"]["filename"] == right.name
    listed = {each["name"]: each["source"] for each in torches.run("env", "list", "--json").ok().json["packages"]}
    assert listed["ext"] == "prebuilt"
    assert torches.run("env", "doctor", "--json").ok()
    assert torches.install().ok().json["changed"] is False
    # The wheel at that address is not the one that was locked.
    (torches.cache / "sdists").rename(torches.cache / "gone")
    shutil.rmtree(torches.prefix)
    missing = torches.install("--offline").failed(1, "IL650")["missing"]
    assert [(each["kind"], each["name"], each["url"].endswith(right.name)) for each in missing] == [
        ("wheel", "ext", True)
    ]
    right.write_bytes(right.read_bytes() + b"\0")
    torches.install().failed(4, "IL501")


def test_a_wheel_that_lies_is_refused_by_its_symbols(torches: Project) -> None:
    offer(torches, "2.6.0", "ext-1.0+pt27-py3-none-linux_x86_64.whl")
    # As an object store offers them.
    stored = SOURCES.replace("../prebuilt", f"local://{torches.root.parent / 'prebuilt'}")
    torches.declare("ext", "torch==2.7.0", extra=ONLY + stored)
    finding = torches.install().failed(3, "IL433")
    assert SYMBOL in finding["details"]
    torches.declare("ext", "torch==2.6.0", extra=ONLY + SOURCES)
    finding = torches.install().failed(1, "IL434")
    assert "it is for torch 2.7, and the environment has 2.6.0" in finding["details"][0]
    # Where it may be built, it is.
    torches.declare("ext", "torch==2.6.0", extra=SOURCES)
    assert torches.install().ok().json["built"][0]["prebuilt"] is False
    assert torches.python("import ext; print(ext.answer)") == "26"
    # Of two variants, it is the one for the torch of the environment.
    right = offer(torches, "2.6.0", "ext-1.0-py3-none-linux_x86_64-torch26.whl")
    shutil.copyfile(right, right.with_name("ext-1.0-py3-none-linux_x86_64-torch27.whl"))
    about = {
        "$schema": "https://example.org/peps/825/v0.1.1.json",
        "default-priorities": {"namespace": ["abi_dependency"]},
        "variants": {f"torch2{minor}": {"abi_dependency": {"torch": [f"2.{minor}"]}} for minor in (6, 7)},
    }
    described = right.with_name("ext-1.0-variants.json")
    described.write_text("{")
    torches.declare("ext", "torch==2.6.0", extra=ONLY + SOURCES)
    unread = torches.make_lock()
    assert "which says what its label stands for, cannot be read" in unread.failed(1, "IL434")["details"][1]
    assert "the wheel variants of ext 1.0" in next(each["what"] for each in unread.findings if each["code"] == "IL432")
    described.write_text(json.dumps(about))
    assert torches.install().ok().json["built"][0]["prebuilt"] is True
    assert torches.python("import ext; print(ext.answer)") == "26"
    (plan,) = torches.lock["environments"]["default"]["platforms"]["linux-64"]["plans"]
    assert plan["prebuilt"]["filename"] == right.name
    assert "its variant is for abi_dependency :: torch :: 2.6" in plan["prebuilt"]["why"]


def test_what_was_built_once_is_published_for_others(torches: Project, tmp_path: Path) -> None:
    add_cpp_extension(torches.index, "2.7.0", build_requires=[])
    matched = '[tool.uv.extra-build-dependencies]\next = [{ requirement = "torch", match-runtime = true }]\n'
    torches.declare("ext", "torch==2.7.0", extra=matched)
    published = torches.run("wheels", "publish", str(tmp_path / "index"), "--json").ok().json["wheels"]
    assert [(each["filename"].split("-")[1], each["added"]) for each in published] == [("1.0+torch2.7", True)]
    # Who publishes it vouches for it.
    signing = {"INTERLOCK_SIGNING_KEY": str(key_file(tmp_path))}
    place = str(tmp_path / "index")
    again = torches.run("wheels", "publish", place, "ext", "--json", variables=signing).ok().json["wheels"]
    assert [each["added"] for each in again] == [False]
    torches.run("wheels", "publish", str(tmp_path / "index"), "torch", "--json").failed(1, "IL674")
    # Another machine, which has built nothing.
    shutil.rmtree(torches.prefix)
    (torches.cache / "wheels").rename(torches.cache / "gone")
    source = "[tool.interlock.build.packages.ext]\nprebuilt = [{{ index = '{}', trust = ['{}'] }}]\n"
    torches.declare("ext", "torch==2.7.0", extra=ONLY + source.format(place, BOB.key))
    finding = torches.make_lock().failed(1, "IL434")
    assert f"signed by {ALICE.key}, which is not trusted" in finding["details"][0]
    torches.declare("ext", "torch==2.7.0", extra=matched + source.format(place, BOB.key))
    assert [each["code"] for each in torches.make_lock().ok().json["findings"]] == ["IL435"]
    torches.declare("ext", "torch==2.7.0", extra=ONLY + source.format(place, ALICE.key))
    torches.make_lock().ok()
    # Whoever changes the lock cannot change who has to vouch.
    torches.declare("ext", "torch==2.7.0", extra=ONLY + source.format(place, BOB.key))
    finding = torches.install("--frozen").failed(3, "IL433")
    assert "which is not trusted" in finding["why"]
    torches.declare("ext", "torch==2.7.0", extra=ONLY + source.format(place, ALICE.key))
    (built,) = torches.install().ok().json["built"]
    assert (built["prebuilt"], built["version"]) == (True, "1.0+torch2.7")
    assert torches.python("import ext; print(ext.answer)") == "27"
    assert torches.install().ok().json["changed"] is False
    torches.run("env", "doctor", "--json").ok()
