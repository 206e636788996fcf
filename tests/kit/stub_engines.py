"""The command line in this process, with engines that answer at once: all of Interlock's own code, and nothing else."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import cache as cached
from pathlib import Path
from typing import Any

import pytest
import requests
import tomli
import tomli_w
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock.cli import main as entry
from interlock.engines import http_cache
from interlock.engines.http import PoliteAdapter, RequestFailedError
from interlock.engines.process import Completed
from interlock.engines.rattler import candidates, solver
from interlock.engines.rattler.convert import to_rattler
from interlock.resolve.uv import compile as uv_compile
from interlock.resolve.uv import inputs, unreadable
from interlock.resolve.uv.inputs import OUTPUT
from interlock.solve import maps
from kit import locked

RECORDS = (
    locked.record("libzlib 1.3.1 h_0"),
    locked.record("python 3.12.7 h1_0", "libzlib >=1.3"),
    replace(locked.record("numpy 2.1.3 py312_0", "python >=3.12,<3.13.0a0"), purls=("pkg:pypi/numpy",)),
)
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@contextmanager
def stub_engines(cache: Path) -> Iterator[None]:
    """Within the block conda has three packages, uv finds what it is asked for, at version 1, and no server answers."""
    records = to_rattler(RECORDS)
    with pytest.MonkeyPatch.context() as patch:
        # Making it takes half of the time of a command.
        patch.setattr(entry, "make_parser", cached(entry.make_parser))
        patch.setattr(solver, "_solve", lambda *_: records)
        patch.setattr(solver, "remember_absent", lambda *_: None)
        patch.setattr(solver, "remember_asked", lambda *_: None)
        patch.setattr(
            candidates, "_query", lambda *asked: [[each for each in records if each.name.normalized in asked[2]]]
        )
        patch.setattr(candidates, "package_names", lambda *_: [record.name for record in RECORDS])
        patch.setattr(maps, "conda_forge_map", maps.snapshot)
        patch.setattr(http_cache, "fetch", _unreachable)
        patch.setattr(PoliteAdapter, "send", _no_network)
        patch.setattr(uv_compile, "uv", _resolved)
        patch.setattr(unreadable, "uv", lambda args, **_: Completed((), 0, "", ""))
        patch.setattr(inputs, "stub_python", lambda **_: Path("/usr/bin/python3"))
        patch.setenv("INTERLOCK_CACHE_DIR", str(cache))
        patch.setenv("INTERLOCK_EXPLAIN_SECONDS", "0")
        yield


def _unreachable(url: str, *_: object) -> None:
    raise RequestFailedError(f"{url} cannot be reached")


def _no_network(_: PoliteAdapter, request: requests.PreparedRequest, *__: object, **___: object) -> None:
    # At once: asking again and again for the same name takes longer than all else.
    raise requests.ConnectionError(f"{request.url} cannot be reached")


def _resolved(
    args: Sequence[str | Path],
    *,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    on_error_line: Callable[[str], None] | None = None,
) -> Completed:
    """What uv would answer if every package had one version and required nothing."""
    for name in ("uv.toml", "pyproject.toml"):
        document = tomli.loads((cwd / name).read_text(encoding="utf-8"))
    asked = {canonicalize_name(each.name): each for each in map(Requirement, document["project"]["dependencies"])}
    packages = [_package(name, each) for name, each in sorted(asked.items())]
    (cwd / OUTPUT).write_text(tomli_w.dumps({"lock-version": "1.0", "packages": packages}), encoding="utf-8")
    log = "".join(f"DEBUG Adding direct dependency: {name}*\n" for name in asked)
    return Completed(tuple(map(str, args)), 0, "", log)


def _package(name: str, requirement: Requirement) -> dict[str, Any]:
    if requirement.url is not None:
        return {"name": name, "archive": {"url": requirement.url, "hashes": {"sha256": "0" * 64}}, "version": "1"}
    file = f"{name.replace('-', '_')}-1-py3-none-any.whl"
    wheel = {"name": file, "url": f"https://index.example/{file}", "hashes": {"sha256": "0" * 64}}
    return {"name": name, "version": "1", "wheels": [wheel]}


def run(*args: str, cwd: Path) -> Outcome:
    """Run a command in a directory; its signal handlers do not stay."""
    out, err, before = io.StringIO(), io.StringIO(), {number: signal.getsignal(number) for number in _SIGNALS}
    here = Path.cwd()
    os.chdir(cwd)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = entry.main(args)
    finally:
        os.chdir(here)
        for number, handler in before.items():
            signal.signal(number, handler)
    return Outcome(code, out.getvalue(), err.getvalue())
