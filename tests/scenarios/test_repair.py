"""What other programs did to an environment is told by name, and put back without touching anything else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario


def flip(path: Path) -> None:
    """Change a file in place, as an editor that keeps its inode: where it is linked into a cache, that changes too."""
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    with path.open("r+b") as file:
        file.write(content)


def seen(project: Project) -> dict[str, tuple[int, int]]:
    """The inode and the time of each file of the environment, except what Interlock writes about it."""
    own = (project.prefix / "conda-meta").as_posix()
    files = [Path(folder, name) for folder, _, names in os.walk(project.prefix) for name in names]
    return {
        str(path): (path.lstat().st_ino, path.lstat().st_mtime_ns)
        for path in files
        if not str(path).startswith(own) and path.suffix != ".pyc"
    }


def files(project: Project) -> dict[str, str]:
    """The content of the environment and the lock, except what Interlock writes about it."""
    return {path: digest for path, digest in project.snapshot().items() if path != "conda-meta/interlock"}


def doctor(project: Project, *args: str) -> dict[str, str]:
    """What the doctor says of each package, by code and what."""
    result = project.run("env", "doctor", *args, "--json")
    return {finding["what"]: finding["code"] for finding in result.findings if finding["severity"] != "note"}


def test_an_environment_is_put_back_exactly(project: Project) -> None:
    # The caches are those of other tests: no other one has packages of these names.
    project.channel.add("frail-tool", "1.0", files={"share/frail/data": "data\n", "share/frail/gone": "gone\n"})
    project.channel.add("frail-other", "1.0", files={"share/other": "other\n"})
    project.index.wheel("frail", "1.0", modules={"frail/__init__.py": "A = 1\n", "frail/gone.py": "B = 1\n"})
    project.index.wheel("frail-sound", "1.0")
    project.index.sdist("frail-built", "1.0", backend=Backend())
    project.declare("frail", "frail-sound", "frail-built", conda={"frail-tool": "*", "frail-other": "*"})
    project.install().ok()
    assert doctor(project) == {}
    before, whole = seen(project), files(project)

    site, prefix = project.site_packages, project.prefix
    broken = [
        prefix / "share/frail/data",
        site / "frail/__init__.py",
        site / "frail_built/__init__.py",
        site / "frail_built-1.0.dist-info/METADATA",
    ]
    for path in broken:
        flip(path)
    (prefix / "share/frail/gone").unlink()
    (site / "frail/gone.py").unlink()
    told = doctor(project)
    assert doctor(project, "--prefix", str(prefix)) == told
    assert {name: code for name, code in told.items() if "frail" in name} == told
    assert sorted(told.values()) == ["IL560", "IL561", "IL564", "IL564", "IL564"]

    done = project.run("env", "install", "--repair", "--json").ok()
    again = [finding["what"].partition(" is installed")[0] for finding in done.findings if finding["code"] == "IL628"]
    assert sorted(again) == ["frail 1.0", "frail-built 1.0", "the conda package frail-tool"]
    assert files(project) == whole
    after = seen(project)
    touched = {str(Path(path).relative_to(prefix)).split("/")[-2] for path in before if after[path] != before[path]}
    assert touched <= {"frail", "frail_built", "frail-1.0.dist-info", "frail_built-1.0.dist-info"}
    assert doctor(project) == {}
    again = project.run("env", "install", "--repair", "--json").ok().json
    assert (again["changed"], again["findings"]) == (False, [])


def test_what_pip_and_conda_did_is_told_by_name(project: Project) -> None:
    project.channel.add("frail-tool", "1.0", files={"share/tool": "1\n"})
    for name in ("frail-moved", "frail-lost"):
        project.index.wheel(name, "1.0")
    project.declare("frail-moved", "frail-lost", conda={"frail-tool": "*"})
    project.install().ok()
    site, meta = project.site_packages, project.prefix / "conda-meta"
    (site / "frail_moved-1.0.dist-info/INSTALLER").write_text("pip\n")
    for path in site.glob("frail_lost*"):
        path.rename(project.root / path.name)
    stranger = site / "stranger-2.0.dist-info"
    stranger.mkdir()
    (stranger / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 2.0\n")
    (stranger / "INSTALLER").write_text("pip\n")
    (stranger / "RECORD").write_text("")
    (record,) = meta.glob("frail-tool-*.json")
    record.rename(project.root / record.name)
    told = doctor(project)
    assert {what: code for what, code in told.items() if code in ("IL630", "IL631")} == {
        "another program changed frail-lost 1.0: it was removed": "IL631",
        "another program changed frail-moved 1.0: it is 1.0 by pip now": "IL631",
        "another program changed the conda package frail-tool 1.0: it was removed": "IL631",
        "stranger 2.0 does not belong to the environment: pip installed it": "IL630",
    }
    project.install().ok()
    assert set(doctor(project).values()) == {"IL630"}
