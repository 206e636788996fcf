"""The commands of a Dockerfile, run on this machine in order, with folders for images."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from dockerfile_parse import DockerfileParser


def run_dockerfile(text: str, context: Path, folder: Path, environment: Mapping[str, str], *args: str) -> str:
    """What the entry point prints when it is given ``args``.

    ``folder`` stands for the working directory of every image. What the last stage does not copy from an earlier one is
    gone. Base images, users, variables and mounts are not looked at.
    """
    path = folder.with_name("parsed")
    path.mkdir(parents=True)
    parser = DockerfileParser(str(path))
    parser.content = text
    workdir, entry, stage, stages = "", [], "", {}
    for instruction in parser.structure:
        kind, value = instruction["instruction"], instruction["value"]
        here = value.replace(workdir, str(folder)) if workdir else value
        if kind == "FROM":
            if folder.exists():
                stages[stage] = folder.rename(folder.with_name(f"stage-{stage}"))
            base, _, stage = value.partition(" AS ")
            if base in stages:
                shutil.copytree(stages[base], folder, symlinks=True)
            else:
                folder.mkdir()
        elif kind == "WORKDIR":
            workdir = value
        elif kind == "COPY":
            _copy(here, context, folder, stages)
        elif kind == "RUN":
            command = re.sub(r"^--mount=\S+ ", "", here)
            subprocess.run(["sh", "-c", command], cwd=folder, env=environment, check=True)
        elif kind == "ENTRYPOINT":
            entry = json.loads(here)
    for kept in stages.values():
        shutil.rmtree(kept)
    done = subprocess.run(
        [*entry, *args], cwd=folder, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    return done.stdout


def _copy(value: str, context: Path, folder: Path, stages: Mapping[str, Path]) -> None:
    if value.startswith("--from="):
        stage, source, target = value.removeprefix("--from=").split()
        _put(Path(source.replace(str(folder), str(stages[stage]))), Path(target))
    elif value == ". .":
        shutil.copytree(context, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".interlock"))
    elif value.endswith(" ./"):
        for name in value.split()[:-1]:
            _put(context / name, folder / name)
    else:
        source, target = json.loads(value)
        _put(context / source, folder / target)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)
