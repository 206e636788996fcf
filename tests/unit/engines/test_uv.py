"""The boundary to uv: what reaches it, what is written for it, and what it makes of local files."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.engines import uv as boundary
from interlock.engines.process import Completed, ProcessTimeout
from interlock.engines.pylock import exact_document
from interlock.engines.uv import (
    create_venv,
    install_packages,
    place_again,
    uninstall,
    uv,
    uv_in_haste,
    wait_for_uv,
)
from interlock.engines.uv_settings import source_settings
from interlock_hooks.testing.server import serve
from interlock_hooks.testing.wheels import package_of, write_wheel
from interlock_hooks.types import UNLIMITED, Artifact, Finding, Index, InterlockError, PyPIOptions, PyPIPackage

NOWHERE = PyPIOptions(indexes=(Index(url="file:///nowhere", default=True),))


def package(name: str, version: str, artifact: Artifact) -> PyPIPackage:
    return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact)


def only(error: pytest.ExceptionInfo[InterlockError]) -> Finding:
    (finding,) = error.value.findings
    return finding


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The interpreter of a new virtual environment."""
    return create_venv(Path(sys.executable), tmp_path / "venv", system_site_packages=False)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


def version_in(python: Path, name: str) -> str:
    code = f"""
import importlib.metadata as m
try: print(m.version({name!r}))
except m.PackageNotFoundError: print("absent")
"""
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


# -- starting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in the place of uv that prints its variables."""
    program = tmp_path / "uv"
    program.write_text("#!/bin/sh\nenv\n")
    program.chmod(0o755)
    monkeypatch.setattr(boundary, "_binary", lambda: str(program))


def variables_of(*args: str, **variables: str) -> dict[str, str]:
    printed = uv(args, variables=variables).stdout
    return dict(line.split("=", 1) for line in printed.splitlines())


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    "stray",
    [
        "UV_INDEX_URL",
        "UV_INDEX_STRATEGY",
        "UV_EXTRA_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "UV_PRERELEASE",
        "UV_CONSTRAINT",
        "UV_CONFIG_FILE",
        "UV_NO_BUILD",
        "UV_PYTHON",
        "UV_INDEX_OWN_USERNAME",
        "UV_INDEX_OWN_PASSWORD",
        "UV_KEYRING_PROVIDER",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "PYTHONPATH",
    ],
)
def test_passwords_and_what_would_change_a_resolution_do_not_reach_uv(
    stray: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(stray, "stray")
    assert stray not in variables_of("pip")


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("kept", ["UV_CACHE_DIR", "UV_OFFLINE", "HTTPS_PROXY", "HOME"])
def test_what_belongs_to_user_and_machine_reaches_uv(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kept, "mine")
    assert variables_of("pip")[kept] == "mine"


@pytest.mark.usefixtures("seen")
def test_configuration_files_are_ignored_unless_one_is_named() -> None:
    assert variables_of("pip")["UV_NO_CONFIG"] == "1"
    assert "UV_NO_CONFIG" not in variables_of("pip", "--config-file", "uv.toml")
    assert variables_of("pip", UV_EXCLUDE_NEWER="2026-01-01")["UV_EXCLUDE_NEWER"] == "2026-01-01"


def test_a_missing_uv_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "_binary", lambda: "/does/not/exist/uv")
    with pytest.raises(InterlockError) as error:
        uv(["--version"])
    assert only(error).code == "IL390"


def test_uv_is_looked_for_by_one_thread_at_a_time() -> None:
    code = """
import sysconfig, threading
from interlock.engines.uv import uv

assert sysconfig._CONFIG_VARS is None
started, codes = threading.Barrier(8), []
def ask():
    started.wait()
    codes.append(uv(["--version"]).returncode)
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(codes)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (str([0] * 8), "")


def test_a_failing_uv_is_not_an_exception() -> None:
    done = uv(["no-such-command"])
    assert done.returncode == 2
    assert "no-such-command" in done.stderr


# -- indexes ---------------------------------------------------------------------------------------------------------


def test_uv_accepts_the_settings_of_sources(tmp_path: Path, wheels: Path) -> None:
    write_wheel(wheels, "tiny", "1.0")
    (tmp_path / "empty").mkdir()
    indexes = (
        Index(url="wheels", format="flat", exclude_newer=UNLIMITED),
        Index(url=(tmp_path / "empty").as_uri(), name="own-1.x", default=True),
    )
    options = PyPIOptions(
        indexes=indexes,
        find_links=("empty",),
        index_strategy="unsafe-best-match",
        exclude_newer="2999-01-01",
        exclude_newer_package=((canonicalize_name("tiny"), UNLIMITED),),
    )
    wanted = tmp_path / "wanted.in"
    wanted.write_text("tiny")
    settings = source_settings(options, indexes, str(tmp_path))
    done = uv(["pip", "compile", "--quiet", "--no-header", "--no-annotate", wanted], settings=settings)
    assert (done.stdout.strip(), done.stderr) == ("tiny==1.0", "")


def test_settings_are_in_no_file_argument_or_variable_and_can_be_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "uv"
    program.write_text('#!/bin/sh\nenv; echo "$@"; cat "$3" | wc -c; sh -c "cat /proc/$$/fd/0"\n')
    program.chmod(0o755)
    monkeypatch.setattr(boundary, "_binary", lambda: str(program))
    # More than a pipe holds.
    settings = {"index": [{"url": f"https://me:s3cr3t@h.example/{number}"} for number in range(5000)]}
    said = uv(["pip"], settings=settings).stdout
    assert "pip --config-file /dev/stdin\n" in said
    assert int(said.split()[-1]) > 1 << 16
    assert "s3cr3t" not in said


# -- installing ------------------------------------------------------------------------------------------------------


def test_a_venv_has_its_own_interpreter_and_nothing_else(python: Path, tmp_path: Path) -> None:
    assert python == tmp_path / "venv" / "bin" / "python"
    code = "import sys; print(sys.prefix)"
    assert subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == str(
        tmp_path / "venv"
    )
    assert version_in(python, "pytest") == "absent"


def test_a_venv_may_see_what_its_base_has(tmp_path: Path) -> None:
    python = create_venv(Path(sys.executable), tmp_path / "seeing", system_site_packages=True)
    config = (tmp_path / "seeing" / "pyvenv.cfg").read_text()
    assert "include-system-site-packages = true" in config
    assert python.exists()


def test_a_project_nearby_does_not_disturb_a_venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text("this is not TOML")
    monkeypatch.chdir(tmp_path)
    assert create_venv(Path(sys.executable), tmp_path / "venv", system_site_packages=False).exists()


def test_a_broken_interpreter_is_a_finding(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho not a python\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(InterlockError) as error:
        create_venv(broken, tmp_path / "venv", system_site_packages=False)
    finding = only(error)
    assert finding.code == "IL391"
    assert str(broken) in finding.what
    assert finding.details


def test_exactly_the_artifacts_are_installed(python: Path, wheels: Path, tmp_path: Path) -> None:
    # Its requirement cannot be had anywhere: nothing may try to resolve it.
    wheel = write_wheel(wheels, "tiny", "1.0", requires=["does-not-exist>5"])
    install_packages(python, [package_of(wheel)], options=NOWHERE, root=tmp_path)
    assert version_in(python, "tiny") == "1.0"


def test_nothing_to_install_starts_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(boundary, "_binary", lambda: "/does/not/exist/uv")
    install_packages(tmp_path, [], root=tmp_path)
    uninstall(tmp_path, [])


def test_a_wrong_hash_is_a_failed_verification(python: Path, wheels: Path, tmp_path: Path) -> None:
    wheel = write_wheel(wheels, "tiny", "1.0")
    locked = package_of(wheel)
    write_wheel(wheels, "tiny", "1.0", modules={"tiny.py": "evil = True\n"})
    with pytest.raises(InterlockError) as error:
        install_packages(python, [locked], root=tmp_path)
    finding = only(error)
    assert finding.code == "IL501"
    assert int(error.value.exit_code) == 4
    assert finding.details
    assert version_in(python, "tiny") == "absent"


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of uv's that has nothing of other tests: it knows files by their hashes."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))


@pytest.mark.usefixtures("own_cache")
def test_what_has_a_hash_is_downloaded_once_whatever_its_server_says(wheels: Path, tmp_path: Path) -> None:
    files = [write_wheel(wheels, name, "1.0") for name in ("one", "two")]
    with serve(wheels) as index:
        locked = [package_of(file, index.file(file.name)) for file in files]
        for number in range(2):
            python = create_venv(Path(sys.executable), tmp_path / f"venv{number}", system_site_packages=False)
            install_packages(python, locked, root=tmp_path)
            assert [version_in(python, name) for name in ("one", "two")] == ["1.0", "1.0"]
        assert [index.fetched(file.name) for file in files] == [True, True]
        assert len(index.requests) == 2


@pytest.mark.usefixtures("own_cache")
def test_a_file_is_known_by_its_hash_and_not_by_its_address(wheels: Path, tmp_path: Path) -> None:
    with serve(wheels) as index:
        for number, text in enumerate(("first", "second", "first")):
            wheel = write_wheel(wheels, "tiny", "1.0", modules={"tiny.py": f"text = {text!r}\n"})
            locked = package_of(wheel, index.file(wheel.name))
            python = create_venv(Path(sys.executable), tmp_path / f"venv{number}", system_site_packages=False)
            install_packages(python, [locked], root=tmp_path)
            command = [python, "-c", "import tiny; print(tiny.text)"]
            assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == text
        assert len(index.requests) == 2


@pytest.mark.usefixtures("own_cache")
def test_a_wrong_file_is_not_kept(python: Path, wheels: Path, tmp_path: Path) -> None:
    with serve(wheels) as index:
        wheel = write_wheel(wheels, "tiny", "1.0")
        locked = package_of(wheel, index.file(wheel.name))
        write_wheel(wheels, "tiny", "1.0", modules={"tiny.py": "evil = True\n"})
        with pytest.raises(InterlockError) as error:
            install_packages(python, [locked], root=tmp_path)
        assert only(error).code == "IL501"
        write_wheel(wheels, "tiny", "1.0")
        install_packages(python, [locked], root=tmp_path)
    assert version_in(python, "tiny") == "1.0"


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ("failed to write to file `/c/uv/x`: No space left on device (os error 28)", "IL394", "`/c/uv/x`"),
        ("failed to create directory `/c/uv`: Read-only file system (os error 30)", "IL394", "`/c/uv`"),
        ("HTTP status server error (503 Service Unavailable) for url (http://h/tiny.whl)", "IL392", "answers 503"),
        ("end of file before message length reached", "IL392", "closed the connection"),
    ],
)
def test_why_uv_could_not_install_is_told(wheels: Path, said: str, code: str, why: str) -> None:
    package = package_of(write_wheel(wheels, "tiny", "1.0"))
    others = package_of(write_wheel(wheels, "other", "1.0"))
    error = boundary.install_error(["error: Failed to download `tiny==1.0`", f"  cause: {said}"], [others, package])
    finding = error.findings[0]
    assert finding.code == code
    assert why in finding.why
    assert code == "IL394" or ("tiny 1.0" in finding.what and package.artifact.url in finding.why)


def test_an_artifact_that_is_gone_is_a_finding(python: Path, wheels: Path, tmp_path: Path) -> None:
    wheel = write_wheel(wheels, "tiny", "1.0")
    locked = package_of(wheel)
    wheel.unlink()
    with pytest.raises(InterlockError) as error:
        install_packages(python, [locked], root=tmp_path)
    finding = only(error)
    assert finding.code == "IL392"
    assert finding.what == "could not install tiny 1.0"
    assert finding.details


def test_a_source_is_not_built_unless_allowed(python: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nimport setuptools; setuptools.setup()\n")
    source = package("tree", "1.0", Artifact(kind="directory", url=tree.as_uri()))
    with pytest.raises(InterlockError) as error:
        install_packages(python, [source], root=tmp_path)
    assert only(error).code == "IL392"
    assert not (tmp_path / "ran").exists()


def test_uninstalling(python: Path, wheels: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        install_packages(python, [package_of(write_wheel(wheels, name, "1.0"))], root=tmp_path)
    uninstall(python, ["one", "never-there"])
    assert version_in(python, "one") == "absent"
    assert version_in(python, "two") == "1.0"


def test_an_uninstall_that_fails_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as error:
        uninstall(tmp_path / "no-python", ["one"])
    assert only(error).code == "IL393"


def test_what_a_killed_run_began_is_placed_from_the_cache(python: Path, wheels: Path, tmp_path: Path) -> None:
    packages = [package_of(write_wheel(wheels, name, "1.0", modules={f"{name}.py": ""})) for name in ("one", "two")]
    entries = exact_document(packages, {})["packages"]
    install_packages(python, packages[:1], root=tmp_path)
    (site,) = tmp_path.glob("venv/lib/python*/site-packages")
    (site / "two.py").touch()  # where uv was killed
    place_again(python, entries, root=tmp_path)
    assert version_in(python, "two") == "1.0"
    shutil.rmtree(wheels)
    uninstall(python, ["one", "two"])
    place_again(python, [{**entries[0], "name": "three"}], root=tmp_path)
    assert not list(site.glob("*.dist-info"))


def test_another_run_of_uv_is_waited_for(python: Path) -> None:
    with (python.parents[1] / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with uv_in_haste(time.monotonic() + 0.5, cached=False), pytest.raises(ProcessTimeout):
            wait_for_uv(python)
    wait_for_uv(python)


# -- in haste --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said", "runs"),
    [
        (0, "", ["1"]),
        (1, "error: No solution found", ["1"]),
        (1, "hint: Packages were unavailable because the network was disabled.", ["1", None]),
        (2, "error: Network connectivity is disabled", ["1", None]),
    ],
)
def test_servers_are_asked_only_where_the_cache_is_not_enough(
    code: int, said: str, runs: list[str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def run(command: object, *, env: dict[str, str], timeout: float | None, **_: object) -> Completed:
        seen.append(env.get("UV_OFFLINE"))
        assert timeout is not None
        assert 0 < timeout <= 100
        return Completed((), code, "", said)

    monkeypatch.setattr(boundary, "run", run)
    with uv_in_haste(time.monotonic() + 100, cached=True):
        assert uv(["--version"]).returncode == code
    assert seen == runs


def test_haste_has_an_end() -> None:
    with uv_in_haste(time.monotonic() - 1, cached=False), pytest.raises(ProcessTimeout):
        uv(["--version"])
    assert uv(["--version"]).returncode == 0
