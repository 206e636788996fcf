"""``make demo``: build the embedded channel, install the mixed project on it, and run code from both sdists."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent


def main(target: Path) -> None:
    project = make_project(target / "project")
    print("1. A conda channel made on this machine: CPython and NVIDIA's CUDA compiler")
    interlock("channel", "build", str(target / "channel"), "--python", "--cuda", "13.0", "13.1", "--only", "cuda-nvcc")
    print("\n2. The mixed project: conda packages, PyPI packages, two sdists built to match them")
    interlock("env", "install", "--manifest-path", str(project))
    print("\n3. Code from both sdists, run in the environment")
    interlock("env", "run", "--manifest-path", str(project), "--", "python", str(project / "show.py"))
    print("\n4. Installing again: nothing to do")
    interlock("env", "install", "--manifest-path", str(project))


def make_project(project: Path) -> Path:
    """Copy the project, in place of an earlier copy; it expects its channel beside it."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    for name in ("pyproject.toml", "show.py"):
        shutil.copy(HERE / name, project)
    make_sdist(HERE / "vector-add", project / "sdist")
    return project


def make_sdist(source: Path, target: Path) -> None:
    """Pack the local project the way an old setup.py project is: without any metadata."""
    target.mkdir()
    with tarfile.open(target / "vector_add-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, arcname="vector_add-1.0", filter=lambda item: None if "__pycache__" in item.name else item)


def interlock(*arguments: str) -> None:
    print("$ interlock", shlex.join(arguments), flush=True)
    status = subprocess.call([sys.executable, "-m", "interlock", *arguments])
    if status:
        raise SystemExit(status)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
