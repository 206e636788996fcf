"""conda's text spec files (CEP 23): match specs, or with ``@EXPLICIT`` the URL of every package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.platforms import SUBDIRS, current_platform
from interlock.manifest import codes
from interlock.manifest.dialects.conda_file import CondaFile, add_spec, conda_manifest
from interlock.manifest.dialects.conda_lines import read_match_spec, read_package
from interlock.manifest.model import EVERYWHERE, Channel, Layer, Platform
from interlock.manifest.table import Table
from interlock.manifest.text_document import EXPLICIT, LINES, TextDocument, is_explicit

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.manifest.report import Report
    from interlock_hooks.types.conda import CondaSpec

_PLATFORM = re.compile(r"#\s*platform:\s*(\S+)\s*\Z")


def read_spec_file(path: Path, text: str, report: Report) -> CondaFile:
    """Read the file: one package on each line, for the platform that a comment names, or else for this machine."""
    top = Table.of(TextDocument(path, text), report)
    explicit = is_explicit(text)
    specs: dict[str, CondaSpec] = {}
    subdir = current_platform()
    for index, line in top.numbered_strings(LINES):
        if (named := _PLATFORM.match(line)) and named[1] in SUBDIRS:
            subdir = named[1]
        if line.startswith("#") or line == EXPLICIT:
            continue
        read = read_package if explicit else read_match_spec
        spec = read(top, line, LINES, index)
        if spec is not None and explicit and spec.name in specs:
            top.error(codes.CONFLICT, f"{spec.name!r} is listed twice", LINES, index, fix="keep one of the two")
        elif spec is not None:
            add_spec(specs, spec)
    channels = [] if explicit else [Channel(channel=DEFAULT_CHANNEL)]
    platforms = (Platform(name=subdir, subdir=subdir),)
    return CondaFile(top=top, manifest=conda_manifest({EVERYWHERE: Layer(specs=specs)}, channels, platforms))
