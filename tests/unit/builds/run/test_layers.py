"""The packages of build environments: installed once, shown to every build, and never taken when damaged."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.builds.run import layers
from interlock.builds.run.layer_files import Layer
from interlock.builds.run.layers import prune_layers, show_packages, verify_layers
from interlock.engines.uv import create_venv, install_packages
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.wheels import package_of, wheel_description, write_wheel, write_wheel_files
from interlock_hooks.types import Artifact, InterlockError, PyPIPackage


@pytest.fixture(autouse=True)
def uv_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of uv's that has nothing of other tests: it knows files by their hashes, and some are damaged here."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


class Environments:
    """Makes one virtual environment after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def new(self) -> Path:
        self._number += 1
        target = self._folder / f"venv{self._number}"
        return create_venv(Path(sys.executable), target, system_site_packages=False)

    def showing(self, *packages: PyPIPackage) -> Path:
        python = self.new()
        assert show_packages(python, packages, wheels={}, root=self._folder)
        return python


@pytest.fixture
def environments(tmp_path: Path) -> Environments:
    return Environments(tmp_path)


def said(python: Path, code: str) -> str:
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def only_layer() -> Layer:
    (layer,) = layers.layers()
    return layer


def file_in(layer: Layer, name: str) -> Path:
    return next(layer.path.rglob(name))


# -- what is shown ---------------------------------------------------------------------------------------------------


def odd_wheels(folder: Path) -> list[Path]:
    """Wheels with all that a wheel may have: a shared namespace, every scheme of .data, scripts, a .pth file."""
    info, data = "odd-1.0.dist-info", "odd-1.0.data"
    files = {
        "shared/odd/__init__.py": "",
        "shared/odd/include/odd.h": "#pragma once\n",
        "odd.pth": "import odd_started\n",
        "odd_started.py": "import sys; sys.odd = True\n",
        f"{data}/purelib/pure.py": "x = 1\n",
        f"{data}/platlib/plat/__init__.py": "x = 2\n",
        f"{data}/data/share/odd/text": "text",
        f"{data}/data/lib/libodd.so": "no library",
        f"{data}/headers/odd.h": "#define ODD\n",
        f"{data}/scripts/odd-script": "#!python\nimport sys; print(sys.prefix)\n",
        f"{data}/scripts/odd-shell": "#!/bin/sh\necho shell\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n",
        f"{info}/WHEEL": wheel_description("py3-none-any"),
        f"{info}/entry_points.txt": "[console_scripts]\nodd-entry = pure:main\n",
    }
    other = write_wheel(folder, "other", "2.0", modules={"shared/other.py": "y = 1\n", "other/lib/x": "x"})
    return [write_wheel_files(folder / "odd-1.0-py3-none-any.whl", files, info), other]


def content(venv: Path) -> dict[str, str]:
    """The files of an environment, without what tells where it is and how its programs find it."""
    found = {}
    for folder, _, files in os.walk(venv, followlinks=True):
        for file in files:
            path = Path(folder, file)
            name = str(path.relative_to(venv))
            told = name.startswith("bin/activate") or file in ("RECORD", "pyvenv.cfg")
            if not told and "lib64" not in name and "python" not in path.name:
                text = path.read_text()
                script = name.startswith("bin/odd") and "python" in text
                found[name] = text.partition("import sys")[2] if script else text
    return found


def test_it_is_what_uv_installs(wheels, environments, tmp_path):
    packages = [package_of(wheel) for wheel in odd_wheels(wheels)]
    plain = environments.new()
    install_packages(plain, packages, root=tmp_path)
    shown = environments.showing(*packages)
    ours, theirs = content(shown.parent.parent), content(plain.parent.parent)
    assert {"share/odd/text", "lib/libodd.so", "bin/odd-script", "bin/odd-entry"} <= theirs.keys()
    assert ours == theirs


def test_it_works_as_an_environment(wheels, environments):
    python = environments.showing(*map(package_of, odd_wheels(wheels)))
    venv = python.parent.parent
    code = "import sys, importlib.metadata as m; print(sys.odd, m.version('odd'), m.version('other'), sys.prefix)"
    assert said(python, code) == f"True 1.0 2.0 {venv}"
    assert said(python, "import shared.odd, shared.other, pure, plat; print(plat.x)") == "2"
    for command, expected in (("odd-script", str(venv)), ("odd-shell", "shell")):
        done = subprocess.run([venv / "bin" / command], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == expected
    site = Path(said(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    # As the dynamic linker goes from $ORIGIN, step by step.
    assert Path(f"{site}/other/lib/../../shared/odd/include/odd.h").exists()
    # The environment itself stays a place to write to.
    (site / "new.py").write_text("new = 1\n")
    assert said(python, "import new; print(new.new)") == "1"
    assert not list(only_layer().path.rglob("new.py"))


def test_two_environments_have_the_same_files(wheels, environments):
    packages = [package_of(wheel) for wheel in odd_wheels(wheels)]
    places = [said(environments.showing(*packages), "import pure; print(pure.__file__)") for _ in range(2)]
    assert places[0] != places[1]
    assert Path(places[0]).samefile(places[1])


# -- what is fetched and made ----------------------------------------------------------------------------------------


def test_the_second_environment_asks_nobody(wheels, environments, monkeypatch):
    files = [write_wheel(wheels, name, "1.0") for name in ("one", "two")]
    with serve(wheels) as index:
        packages = [package_of(file, index.file(file.name)) for file in files]
        environments.showing(*packages)
        asked = len(index.requests)
        assert asked == 2
        with monkeypatch.context() as patch:
            patch.setattr(layers, "install_packages", lambda *_, **__: pytest.fail("installed again"))
            environments.showing(*reversed(packages))
        # Nor does one with other packages beside them.
        python = environments.showing(*packages, package_of(write_wheel(wheels, "three", "1.0")))
        assert len(index.requests) == asked
    assert said(python, "import one, two, three; print(two.__version__)") == "1.0"
    assert len(layers.layers()) == 2


def test_several_builds_at_once_make_it_once(wheels, environments, monkeypatch, tmp_path):
    made = []

    def counted(*arguments, **options):
        made.append(1)
        install_packages(*arguments, **options)

    monkeypatch.setattr(layers, "install_packages", counted)
    one = package_of(write_wheel(wheels, "one", "1.0"))
    pythons = [environments.new() for _ in range(4)]
    threads = [
        threading.Thread(target=show_packages, args=(python, [one]), kwargs={"wheels": {}, "root": tmp_path})
        for python in pythons
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [said(python, "import one; print(one.__version__)") for python in pythons] == ["1.0"] * 4


def test_a_local_wheel_counts_by_its_content(wheels, environments, tmp_path):
    source = PyPIPackage(
        name=canonicalize_name("tiny"),
        version="1.0",
        artifact=Artifact(kind="git", url="https://host.example/x.git", commit="c0ffee"),
    )
    for text in ("first", "second"):
        wheel = write_wheel(wheels, "tiny", "1.0", modules={"tiny.py": f"text = {text!r}\n"})
        python = environments.new()
        assert show_packages(python, [source], wheels={source.name: wheel}, root=tmp_path)
        assert said(python, "import tiny; print(tiny.text)") == text


def test_what_cannot_be_known_by_a_hash_is_not_shown(wheels, environments, tmp_path):
    tiny = package_of(write_wheel(wheels, "tiny", "1.0"))
    unknown = replace(tiny, artifact=replace(tiny.artifact, sha256=None))
    source = replace(tiny, artifact=Artifact(kind="sdist", url="file:///tiny-1.0.tar.gz", sha256="0" * 64))
    for each in (unknown, source):
        assert not show_packages(environments.new(), [each], wheels={}, root=tmp_path)
    assert layers.layers() == []


def test_where_files_would_be_copied_nothing_is_kept(wheels, environments, tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "can_link_to", lambda folder: False)
    one = package_of(write_wheel(wheels, "one", "1.0"))
    assert not show_packages(environments.new(), [one], wheels={}, root=tmp_path)
    assert layers.layers() == []


# -- damage ----------------------------------------------------------------------------------------------------------


def test_one_that_was_interrupted_does_not_count(wheels, environments, monkeypatch):
    one = package_of(write_wheel(wheels, "one", "1.0"))

    def interrupted(python, packages, **options):
        install_packages(python, packages, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(layers, "install_packages", interrupted)
        with pytest.raises(KeyboardInterrupt):
            environments.showing(one)
    assert layers.layers() == []
    assert said(environments.showing(one), "import one; print(one.__version__)") == "1.0"


def test_a_package_that_cannot_be_had_is_the_finding_of_uv(wheels, environments):
    wheel = write_wheel(wheels, "one", "1.0")
    one = package_of(wheel)
    wheel.unlink()
    with pytest.raises(InterlockError) as error:
        environments.showing(one)
    assert error.value.findings[0].code == "IL392"
    write_wheel(wheels, "one", "1.0")
    environments.showing(one)


def test_nobody_may_change_it(wheels, environments):
    environments.showing(package_of(write_wheel(wheels, "one", "1.0", scripts={"one": "one:main"})))
    layer = only_layer()
    folders = [layer.path, *(path for path in layer.path.rglob("*") if path.is_dir() and not path.is_symlink())]
    assert not any(folder.stat().st_mode & stat.S_IWUSR for folder in folders)
    assert not file_in(layer, "one").stat().st_mode & stat.S_IWUSR


@pytest.mark.parametrize("damage", ["changed", "gone", "index"])
def test_a_damaged_one_is_made_again_from_what_is_not(damage, wheels, environments):
    with serve(wheels) as index:
        wheel = write_wheel(wheels, "one", "1.0")
        one = package_of(wheel, index.file(wheel.name))
        environments.showing(one)
        layer = only_layer()
        file = file_in(layer, "__init__.py")
        if damage == "changed":
            # Also uv's cache has this file.
            file.chmod(0o644)
            file.write_text("evil = True\n")
        elif damage == "gone":
            file.parent.chmod(0o755)
            file.unlink()
        else:
            layer.index.write_text("[1")
        assert said(environments.showing(one), "import one; print(one.__version__)") == "1.0"


def test_damage_that_keeps_size_and_time_is_found_by_reading(wheels, environments):
    one = package_of(write_wheel(wheels, "one", "1.0"))
    environments.showing(one, package_of(write_wheel(wheels, "two", "1.0")))
    assert verify_layers() == []
    layer = only_layer()
    file = layer.path / next(name for name in layer.path.rglob("one/__init__.py")).relative_to(layer.path)
    times = file.stat()
    file.chmod(0o644)
    file.write_text(file.read_text().replace("1", "2"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert layer.changed_files() == set()
    assert verify_layers() == [(layer, ["one"])]
    assert layers.layers() == []
    assert said(environments.showing(one), "import one; print(one.__version__)") == "1.0"


# -- how long it stays -----------------------------------------------------------------------------------------------


def test_only_what_is_unused_is_removed(wheels, environments):
    one, two = (package_of(write_wheel(wheels, name, "1.0")) for name in ("one", "two"))
    environments.showing(one)
    old = only_layer()
    environments.showing(two)
    os.utime(old.index, (1, 1))
    (layers.layers_dir() / "interrupted" / "bin").mkdir(parents=True)
    assert {layer.path.name for layer in prune_layers(unused_for=3600)} == {old.path.name, "interrupted"}
    assert not old.path.exists()
    assert [found.name for found in only_layer().distributions] == ["two"]
    os.utime(only_layer().index, (1, 1))
    environments.showing(two)
    assert prune_layers(unused_for=3600) == []


def test_what_a_build_uses_stays(wheels, environments, cache):
    one = package_of(write_wheel(wheels, "one", "1.0"))
    python = create_venv(Path(sys.executable), cache / "builds" / "demo-1" / "venv", system_site_packages=False)
    show_packages(python, [one], wheels={}, root=wheels)
    assert prune_layers(unused_for=0) == []
    assert said(python, "import one; print(one.__version__)") == "1.0"
    shutil.rmtree(cache / "builds")
    assert len(prune_layers(unused_for=0)) == 1
