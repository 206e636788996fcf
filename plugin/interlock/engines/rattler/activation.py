"""The variables of an activated prefix: what `env run` and every build see.

Nothing here imports rattler: running a program in an environment must start at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.core.json import parse_json
from interlock.engines.cuda_paths import toolchain_environment
from interlock.engines.environ import SYSTEM_PATH
from interlock.engines.rattler.activation_cache import Effect, recall, remember, state_of

if TYPE_CHECKING:
    from interlock.engines.process import Completed
    from interlock_hooks.types import InterlockError

# Variables that would make another interpreter of the prefix's one, or name another environment as the active one.
_DROPPED = ("PYTHONHOME", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "__PYVENV_LAUNCHER__")
_OWN = frozenset({"_", "SHLVL", "PWD", "OLDPWD"})
_UNSET = "***unset***"
_SCRIPT_SECONDS = 120.0

# $1: progress file; $2: file for the resulting variables; then the scripts. Output of scripts is kept off both.
_RUNNER = """\
_il_progress=$1; _il_result=$2; shift 2
for _il_script in "$@"; do
  printf '%s' "$_il_script" > "$_il_progress"
  . "$_il_script"
done
unset _il_script
/usr/bin/env -0 > "$_il_result"
"""


def activated_environment(
    prefix: Path,
    base: Mapping[str, str],
    *,
    first: Sequence[tuple[str, str]] = (),
    scripts: Sequence[Path | str] = (),
    env: Sequence[tuple[str, str]] = (),
    on_scripts: Callable[[Sequence[Path]], None] = lambda _: None,
) -> dict[str, str]:
    """The variables ``base`` with a conda prefix activated on top.

    In order: ``PATH`` and ``CONDA_*``, variables that the prefix's packages and ``conda env config vars`` declare,
    those in ``first`` as they are, the packages' activation scripts, the manifest's ``scripts`` (absolute paths), what
    makes the prefix's CUDA toolkit be found (see :mod:`interlock.engines.cuda_paths`), and the manifest's ``env``
    (``$NAME`` in a value is replaced).

    Scripts are sourced by bash, or by sh where there is none. Their effect is remembered until one of them, the
    packages of the prefix or ``base`` change; with ``scripts`` of the manifest, which may look at anything, they run
    each time. ``on_scripts`` is told of those that are about to run.

    Raises :class:`InterlockError`: IL660 names the script which ended the shell, IL661 one that does not exist.
    """
    target = prefix.absolute()
    variables = {**_basic(target, base), **dict(first)}
    variables["PATH"] = _path_with(target, variables["PATH"])
    own = [Path(script) for script in scripts]
    _check_present(own)
    sourced = [*_package_scripts(target), *own]
    if sourced:
        variables = _with_scripts(target, variables, sourced, on_scripts, may_remember=not scripts)
    variables = toolchain_environment(target, variables, inherited=base)
    return _with_manifests(variables, env) if env else variables


def _basic(prefix: Path, base: Mapping[str, str]) -> dict[str, str]:
    variables = {name: value for name, value in base.items() if name not in _DROPPED}
    variables["PATH"] = _path_with(prefix, base.get("PATH") or SYSTEM_PATH)
    variables["CONDA_PREFIX"] = str(prefix)
    variables["CONDA_DEFAULT_ENV"] = prefix.name
    variables["CONDA_SHLVL"] = "1"
    for name, value in _declared(prefix):
        if value == _UNSET:
            variables.pop(name, None)
        else:
            variables[name] = value
    return variables


def _with_manifests(variables: dict[str, str], env: Sequence[tuple[str, str]]) -> dict[str, str]:
    # Imported here, as what follows in other functions: most of the time, nothing of it is used.
    from string import Template

    for name, value in env:
        variables[name] = Template(value).safe_substitute(variables)
    return variables


def _path_with(prefix: Path, path: str) -> str:
    first = str(prefix / "bin")
    return os.pathsep.join([first, *(entry for entry in path.split(os.pathsep) if entry and entry != first)])


def _declared(prefix: Path) -> list[tuple[str, str]]:
    # The order in which conda applies them: packages by file name, then the user's own.
    declared: list[tuple[str, str]] = []
    for path in sorted((prefix / "etc" / "conda" / "env_vars.d").glob("*.json")):
        declared += _pairs(_json(path))
    state = _json(prefix / "conda-meta" / "state")
    return declared + _pairs(state.get("env_vars") if isinstance(state, dict) else None)


def _pairs(data: object) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in data.items()] if isinstance(data, dict) else []


def _json(path: Path) -> object:
    try:
        return parse_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def _package_scripts(prefix: Path) -> list[Path]:
    return sorted((prefix / "etc" / "conda" / "activate.d").glob("*.sh"))


def _check_present(scripts: Sequence[Path]) -> None:
    # The shell would only complain and go on.
    missing = [script for script in scripts if not script.is_file()]
    if missing:
        from interlock.engines.rattler.findings import script_missing
        from interlock_hooks.types import InterlockError

        raise InterlockError(*map(script_missing, missing))


def _with_scripts(
    prefix: Path,
    variables: Mapping[str, str],
    scripts: Sequence[Path],
    on_scripts: Callable[[Sequence[Path]], None],
    *,
    may_remember: bool,
) -> dict[str, str]:
    state = state_of(prefix, variables, scripts) if may_remember else ""
    effect = recall(prefix, state) if may_remember else None
    if effect is None:
        on_scripts(scripts)
        effect = Effect.between(variables, _sourced(variables, scripts), ignored=_OWN)
        if may_remember:
            remember(prefix, state, effect)
    return effect.applied_to(variables)


def _sourced(variables: Mapping[str, str], scripts: Sequence[Path]) -> dict[str, str]:
    import shutil

    from interlock.core.scratch import temporary_directory
    from interlock.engines.process import ProcessTimeout, run

    shell = shutil.which("bash", path=SYSTEM_PATH) or "/bin/sh"
    with temporary_directory() as folder:
        progress, result = folder / "script", folder / "variables"
        command: list[str | Path] = [shell, "-c", _RUNNER, "activate", progress, result, *scripts]
        try:
            done = run(command, env=variables, timeout=_SCRIPT_SECONDS)
        except ProcessTimeout:
            raise _failed(progress, f"it timed out after {_SCRIPT_SECONDS:g} s") from None
        # The file is written last, so it is only there when every script came to its end.
        if not result.exists():
            raise _failed(progress, f"it ended the shell with status {done.returncode}", done)
        entries = result.read_bytes().split(b"\0")
    pairs = (os.fsdecode(entry).partition("=") for entry in entries if entry)
    return {name: value for name, _, value in pairs}


def _failed(progress: Path, why: str, done: Completed | None = None) -> InterlockError:
    from interlock.engines.rattler.findings import script_failed
    from interlock_hooks.types import InterlockError

    script = progress.read_text(encoding="utf-8", errors="replace") if progress.exists() else "an activation script"
    output = [] if done is None else done.stderr.splitlines()[-20:]
    return InterlockError(script_failed(script, why, output))
