"""A Dockerfile of two stages: the first installs what is locked and compiles, the second only runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from interlock import __version__
from interlock.export.findings import outside_of_context
from interlock.export.model import Exported
from interlock.export.places import is_local, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.export.model import Subject

_BUILD_IMAGE, _RUN_IMAGE = "python:3.12-slim-bookworm", "debian:bookworm-slim"
_FOLDER = "/app"


def export(subject: Subject) -> Exported:
    """The file for ``docker build`` in the project's directory.

    Prefixes hold their own path, so both stages have the environment at the same one. Only manifest, lock and what
    they name are copied before the install: while these stay the same, Docker does not compile again.
    """
    name = subject.locked.name
    inside, outside = _inputs(subject)
    place = f"{_FOLDER}/.interlock"
    activated = f'. {place}/activate.sh && exec "$0" "$@"'
    lines = [
        "# syntax=docker/dockerfile:1",
        subject.heading,
        "",
        f"FROM {_BUILD_IMAGE} AS build",
        f"RUN pip install --no-cache-dir 'interlock{_extra(subject)}=={__version__}'",
        f"WORKDIR {_FOLDER}",
        "# While these stay the same, Docker takes the environment from its cache.",
        *(f"COPY {json.dumps([path, path])}" for path in inside),
        f"RUN interlock env install --locked -e {name}",
        f"RUN interlock env shell-hook --no-install -e {name} --shell sh --no-prompt > {place}/activate.sh",
        "",
        "# No Interlock, no caches, and nothing that was only there to compile.",
        f"FROM {_RUN_IMAGE}",
        f"WORKDIR {_FOLDER}",
        *_for_gpus(subject),
        f"COPY --from=build {place}/envs/{name} {place}/envs/{name}",
        f"COPY --from=build {place}/activate.sh {place}/activate.sh",
        "COPY . .",
        f"ENTRYPOINT {json.dumps(['/bin/sh', '-c', activated])}",
        'CMD ["python"]',
    ]
    findings = (outside_of_context(outside),) if outside else ()
    return Exported(text="\n".join(lines) + "\n", findings=findings)


def _inputs(subject: Subject) -> tuple[list[str], list[str]]:
    """What has to be there for an install: paths inside the project's directory, and others."""
    artifacts = [package.artifact for package in subject.locked.resolution.packages]
    local = [path_of(artifact, subject.root) for artifact in artifacts if is_local(artifact)]
    paths = dict.fromkeys((*subject.files, *(path.removeprefix("./") for path in local)))
    inside = [path for path in paths if not path.startswith(("/", "../"))]
    return inside, [path for path in paths if path not in inside]


def _extra(subject: Subject) -> str:
    """What Interlock has to be installed with: conda packages from source are built by an optional dependency."""
    return "[channel]" if any(record.built_from for record in subject.locked.conda.records) else ""


def _for_gpus(subject: Subject) -> Iterator[str]:
    """What NVIDIA's container runtime asks for, where the environment is made for GPUs."""
    if any(package.name == "__cuda" and package.version for package in subject.locked.conda.virtual_packages):
        yield "ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility"
