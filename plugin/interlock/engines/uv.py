"""The boundary to uv: starting it, and the few tasks that it is used for."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli_w

from interlock.core.activity import doing
from interlock.core.findings import not_cached, wrong_hash
from interlock.core.offline import is_offline
from interlock.core.scratch import temporary_directory
from interlock.engines import findings
from interlock.engines.confinement import Confinement
from interlock.engines.network_reasons import in_words
from interlock.engines.process import Completed, run
from interlock.engines.pylock import exact_document
from interlock.engines.uv_environ import uv_environment
from interlock.engines.uv_missing import missing_in
from interlock.engines.uv_settings import file_settings, source_settings
from interlock.engines.uv_steps import Steps
from interlock_hooks.types import InterlockError, PyPIOptions, PyPIPackage

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock_hooks.types import Index

_finding = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Haste:
    until: float
    cached: bool


_haste: ContextVar[_Haste | None] = ContextVar("haste", default=None)
# What uv says when its cache was not enough.
_NETWORK_MISSED = "the network was disabled"
_DAMAGED = re.compile("hash mismatch|failed to extract archive", re.IGNORECASE)
_OF_THIS_MACHINE = re.compile(r"No space left|Quota exceeded|Read-only file system|Permission denied \(os")
_SUSPECTS = 3  # how many artifacts are fetched again to compare their hashes when an install failed


@contextmanager
def uv_in_haste(until: float, *, cached: bool) -> Iterator[None]:
    """Within the block, runs of uv end with :class:`ProcessTimeout` at the moment ``until`` (:func:`time.monotonic`).

    With ``cached`` uv asks no server as long as its cache is enough for an answer. That a resolution exists or not is
    then as sure as the cache is new, but there may be better ones.
    """
    token = _haste.set(_Haste(until, cached))
    try:
        yield
    finally:
        _haste.reset(token)


def uv(
    args: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    settings: Mapping[str, Any] | None = None,
    variables: Mapping[str, str] | None = None,
    timeout: float | None = None,
    confinement: Confinement | None = None,
    on_error_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run uv with ``args`` in a scrubbed environment plus ``variables``, ignoring configuration files it could find.

    ``settings`` are the content of a ``uv.toml``; a file is passed with ``--config-file`` among ``args``. With
    ``confinement`` neither uv nor what it runs may do more than that. ``on_error_line`` is as in
    :func:`interlock.engines.process.run`. A non-zero status is returned, not raised. Raises :class:`InterlockError`
    (IL390) when uv cannot be started.
    """
    env = {**uv_environment(), **(variables or {})}
    plain = [os.fspath(arg) for arg in args]
    if settings is not None:
        # They may have passwords. A pipe can be read once, and uv does that before it starts any build.
        plain += ["--config-file", "/dev/stdin"]
    elif "--config-file" not in plain:
        env["UV_NO_CONFIG"] = "1"
    command = [_binary(), *plain]
    start = partial(
        run,
        confinement.command(command) if confinement else command,
        cwd=cwd,
        given=b"" if settings is None else tomli_w.dumps(settings).encode(),
    )
    try:
        return _run(start, env, timeout, on_error_line)
    except (FileNotFoundError, PermissionError) as error:
        raise InterlockError(findings.uv_not_started(error)) from error


def _run(
    start: Callable[..., Completed],
    env: Mapping[str, str],
    timeout: float | None,
    on_error_line: Callable[[str], None] | None,
) -> Completed:
    haste = _haste.get()
    if haste is None:
        return start(env=env, timeout=timeout, on_error_line=on_error_line)
    if haste.cached:
        done = start(env={**env, "UV_OFFLINE": "1"}, timeout=max(haste.until - time.monotonic(), 0))
        if done.returncode == 0 or (done.returncode == 1 and _NETWORK_MISSED not in done.stderr):
            return done
    return start(env=env, timeout=max(haste.until - time.monotonic(), 0))


def create_venv(python: Path, target: Path, *, system_site_packages: bool, relocatable: bool = False) -> Path:
    """Make a virtual environment without pip over ``python`` and return its interpreter.

    In a ``relocatable`` one, programs look for the interpreter beside them. Raises :class:`InterlockError` (IL391) when
    the interpreter does not work.
    """
    options = ["--system-site-packages"] if system_site_packages else []
    options += ["--relocatable"] if relocatable else []
    command: list[str | Path] = ["venv", "--quiet", "--no-project", "--allow-existing", "--python", python]
    done = uv([*command, *options, target])
    if done.returncode:
        raise InterlockError(findings.no_virtual_environment(python, done.stderr.splitlines()))
    return target / "bin" / "python"


def install_packages(
    python: Path,
    packages: Sequence[PyPIPackage],
    *,
    wheels: Mapping[NormalizedName, Path] | None = None,
    options: PyPIOptions = PyPIOptions(),
    root: Path,
    build_in: Path | None = None,
    builds_named: bool = False,
    on_build: Callable[[str], None] = lambda _: None,
) -> None:
    """Install exactly these artifacts for the interpreter ``python``, without resolving anything.

    Each package comes from its artifact, checked against its hash, or from the local file that ``wheels`` names for
    it. Packages that need a build are refused unless ``build_in`` names a directory for that: uv then builds them in
    isolation, with build requirements from the indexes of ``options``, and nothing else can be written; with
    ``builds_named`` it builds none of these requirements in turn. ``on_build`` gets what uv begins to build, as
    ``name==version`` or the name alone. Only what differs is touched; a local wheel does not replace a distribution
    of the same version (telling uv to would have it ask the interpreter each time). What has a hash is downloaded once,
    wherever it comes from. Raises :class:`InterlockError`: IL501 for a wrong hash, IL392 for everything else, with uv's
    words in the details.
    """
    if not packages:
        return
    local = wheels or {}
    with _written_lock(exact_document(packages, local)) as (lock, settings):
        command: list[str | Path] = ["pip", "install", "--no-deps", "--break-system-packages"]
        command += ["--python", python]
        if build_in is None:
            command += ["--no-build"]
        else:
            sources = source_settings(options, _asked(options), str(root))
            settings = settings | sources | {"index": [*settings["index"], *sources["index"]]}
            command += ["--preview-features", "index-exclude-newer"]
            command += ["--no-index"] if options.no_index else []
        if build_in is not None and builds_named:
            unbuilt = [each.name for each in packages if each.needs_build and each.name not in local]
            # Beside the first of these options, the others mean that these may be built, and nothing else.
            command += ["--only-binary", ":all:", *(flag for name in unbuilt for flag in ("--no-binary", name))]
        rights = None if build_in is None else Confinement((build_in, _cache()))
        variables = {} if build_in is None else {"TMPDIR": str(build_in)}
        command, steps = [*command, "-r", lock], Steps(doing, on_build)
        done = again_if_damaged(
            lambda: uv(
                command,
                cwd=root,
                settings=settings,
                variables=variables,
                confinement=rights,
                on_error_line=steps.hear,
            )
        )
    doing("")
    if done.returncode:
        raise install_error(steps.others(done.stderr), packages)


def _asked(options: PyPIOptions) -> list[Index]:
    """The indexes that are asked for whatever is required; without names, which only requirements use."""
    return [replace(each, name=None) for each in options.indexes if not (each.explicit or options.no_index)]


def again_if_damaged(attempt: Callable[[], Completed]) -> Completed:
    """How a run of uv ended, or a second one, if a file was damaged: a proxy or mirror may have done that this once."""
    done = attempt()
    return attempt() if done.returncode and _DAMAGED.search(done.stderr) else done


def wait_for_uv(python: Path) -> None:
    """Wait until no run of uv changes the packages of ``python`` any more: one may have outlived who started it.

    uv itself locks an interpreter's site-packages while it works there, so that one with nothing to do waits.
    """
    uv(["pip", "uninstall", "--quiet", "--python", python, "--break-system-packages", "-r", os.devnull])


def place_again(python: Path, entries: Sequence[Mapping[str, Any]], *, root: Path) -> None:
    """Install what a run of uv was installing when it was killed, the ``entries`` of its lock file (PEP 751).

    No server is asked. uv fetches everything before it places anything, so that what its cache does not have was not
    begun; then nothing happens.
    """
    if entries:
        with _written_lock({**exact_document((), {}), "packages": list(entries)}) as (lock, settings):
            command: list[str | Path] = ["pip", "install", "--quiet", "--no-deps", "--no-build", "--offline"]
            command += ["--break-system-packages", "--python", python, "-r", lock]
            uv(command, cwd=root, settings=settings)


def uninstall(python: Path, names: Sequence[str]) -> None:
    """Remove distributions from the interpreter's site-packages; names that are not installed are passed over."""
    if not names:
        return
    done = uv(["pip", "uninstall", "--quiet", "--python", python, "--break-system-packages", *names])
    if done.returncode:
        raise InterlockError(findings.not_uninstalled(names, done.stderr.splitlines()))


def can_link_to(folder: Path) -> bool:
    """Whether a directory is on the file system of uv's cache, so that what is installed there need not be copied."""
    return _cache().stat().st_dev == folder.stat().st_dev


def forget_downloads(names: Sequence[str]) -> None:
    """Remove all versions of distributions from uv's cache, as far as nothing else uses them at the moment."""
    if names:
        uv(["cache", "clean", "--quiet", *names])


class Nowhere(NamedTuple):
    """An install into a directory that nobody wants: its arguments and settings, and the ``prefix`` that it makes."""

    command: list[str | Path]
    settings: dict[str, Any]
    prefix: Path


@contextmanager
def install_into_nowhere(packages: Sequence[PyPIPackage], *, python: str) -> Iterator[Nowhere]:
    """An install for an interpreter of version ``python``, which need not be there yet, into a directory of a moment.

    uv has no command that only downloads, only says what it would have to, or only lists what is in wheels. Links take
    no room, whatever file system the directory is on.
    """
    with _written_lock(exact_document(packages, {})) as (lock, settings), temporary_directory() as folder:
        prefix = folder / "prefix"
        arguments: list[str | Path] = ["pip", "install", "--no-deps", "--no-build", "--prefix", prefix]
        arguments += ["--link-mode", "symlink", "--python", sys.executable, "--python-version", python, "-r", lock]
        yield Nowhere(arguments, settings, prefix)


@contextmanager
def _written_lock(document: Mapping[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A lock file, and settings by which uv takes from its cache what it has with the right hash."""
    with temporary_directory() as folder:
        lock = folder / "pylock.toml"
        lock.write_text(tomli_w.dumps(document), encoding="utf-8")
        yield lock, file_settings(document)


def install_error(said: Sequence[str], packages: Sequence[PyPIPackage]) -> InterlockError:
    """The error that uv's words tell of.

    IL501 for a wrong hash, IL650 for what is missing while the network is switched off, IL392 for everything else.
    """
    # Imported here: it brings an HTTP client, which no install that works needs.
    from interlock.engines.hashes import Recorded, changed_files

    details = tuple(line for line in said if line.strip() and not line.startswith("warning: The `--pylock` option"))
    text = "\n".join(details)
    if is_offline() and (missing := missing_in(text)):
        return InterlockError(not_cached(missing, details))
    if local := next((line for line in details if _OF_THIS_MACHINE.search(line)), None):
        return InterlockError(findings.not_stored(local.strip().removeprefix("cause: "), details))
    named = [package for package in packages if _names(text, package)]
    # A file may be so damaged that unpacking it fails before there is a hash to compare; or it is not here any more.
    reason = in_words(text)
    suspects = [] if reason else [(str(package), package.artifact) for package in named[:_SUSPECTS]]
    files = [Recorded(each.filename or name, each.url, each.sha256) for name, each in suspects]
    if changed := changed_files(files):
        return InterlockError(*(replace(finding, details=details) for finding in changed))
    if "hash mismatch" in text.lower():
        return InterlockError(wrong_hash("a downloaded package", details=details))
    return InterlockError(findings.not_installed(named or packages, reason, details))


def _names(text: str, package: PyPIPackage) -> bool:
    """Whether a message of uv's is about a package."""
    return f"`{package.name}==" in text or f"`{package.name} @" in text


def _cache() -> Path:
    """Where uv keeps what it downloads and builds."""
    done = uv(["cache", "dir"])
    place = Path(done.stdout.strip())
    place.mkdir(parents=True, exist_ok=True)
    return place


def _binary() -> str:
    # It asks sysconfig, which before Python 3.12 shows other threads a half-filled table when it is first asked.
    with _finding:
        return _found_binary()


@cache
def _found_binary() -> str:
    from uv import find_uv_bin

    return find_uv_bin()
