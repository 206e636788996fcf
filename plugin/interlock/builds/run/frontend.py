"""The PEP 517 front end: calls a project's build backend, hook by hook, in its build environment."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from pyproject_hooks import BackendUnavailable, BuildBackendHookCaller, BuildBackendWarning, HookMissing

from interlock.builds.run.trace import WRITABLE_VARIABLE
from interlock.engines.process import ProcessTimeout, stream

if TYPE_CHECKING:
    from interlock.builds.sources.build_system import BuildSystem
    from interlock.engines.confinement import Confinement


# pyproject-hooks warns in our process of what a backend warns of, which is for that project's author. Set once for the
# whole process, because filters are shared by all threads.
warnings.simplefilter("ignore", BuildBackendWarning)


class HookFailed(Exception):  # noqa: N818 - says what happened; never shown, the session turns it into findings
    """A backend hook ended with an error; ``why`` is set where more is known than the output says.

    ``signal`` is the number of the signal that ended the backend, 0 if none did.
    """

    def __init__(self, hook: str, why: str = "", *, signal: int = 0) -> None:
        super().__init__(f"{hook} failed")
        self.hook = hook
        self.why = why
        self.signal = signal


class _HookExit(Exception):  # noqa: N818 - carries an exit status through pyproject-hooks
    """The process of a hook ended with a status other than 0, negative for a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """One project in one build environment.

    ``on_line`` gets each line that the backend and its children print, ``confinement`` says what they may do,
    ``deadline`` is a time of the monotonic clock.
    Every method raises :class:`HookFailed` when the backend fails and :class:`ProcessTimeout` when the deadline passes.
    """

    tree: Path
    system: BuildSystem
    python: Path
    variables: Mapping[str, str]
    on_line: Callable[[str], None]
    config_settings: Mapping[str, str | list[str]]
    confinement: Confinement
    deadline: float | None = None

    def requires(self, *, editable: bool = False) -> tuple[str, ...]:
        """Requirements that the backend only knows when it is asked (``get_requires_for_build_wheel``)."""
        hook = "get_requires_for_build_editable" if editable else "get_requires_for_build_wheel"
        asked = tuple(str(item) for item in self._call(hook))
        try:
            for text in asked:
                Requirement(text)
        except InvalidRequirement as error:
            raise HookFailed(hook, f"the backend asks for an invalid requirement: {error}") from error
        return asked

    def metadata(self, target: Path, *, editable: bool = False) -> Path | None:
        """The ``.dist-info`` directory that the backend prepares in ``target``; ``None`` if that takes a build."""
        kind = "editable" if editable else "wheel"
        try:
            name = self._call(f"prepare_metadata_for_build_{kind}", target, _allow_fallback=False)
        except HookMissing:
            return None
        return target / Path(str(name)).name

    def wheel(self, target: Path, *, editable: bool = False) -> Path:
        """The wheel that the backend writes into ``target``."""
        hook = "build_editable" if editable else "build_wheel"
        try:
            name = self._call(hook, target)
        except HookMissing as error:
            why = f"the backend {self.system.backend!r} has no {hook} hook"
            raise HookFailed(hook, why) from error
        return target / Path(str(name)).name

    def _call(self, hook: str, *args: Path, **options: bool) -> Any:
        caller = BuildBackendHookCaller(
            str(self.tree),
            self.system.backend,
            backend_path=self.system.backend_path or None,
            runner=self._run,
            python_executable=str(self.python),
        )
        call = getattr(caller, hook)
        try:
            return call(*(str(arg) for arg in args), config_settings=dict(self.config_settings), **options)
        except BackendUnavailable as error:
            for line in str(error).splitlines():
                self.on_line(line)
            raise HookFailed(hook, f"the build backend {self.system.backend!r} could not be imported") from error
        except (FileNotFoundError, ValueError) as error:
            # setup.py files that call sys.exit(0) end the hook without the file that holds its answer.
            raise HookFailed(hook, "the build backend ended without a result") from error
        except _HookExit as error:
            raise HookFailed(hook, signal=max(-error.status, 0)) from error

    def _run(self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None) -> None:
        # pyproject-hooks makes a directory for the hook's answer and names it last.
        answer = cmd[-1]
        variables = {**self.variables, **(extra_environ or {})}
        variables[WRITABLE_VARIABLE] = os.pathsep.join([variables[WRITABLE_VARIABLE], answer])
        status = stream(
            self.confinement.command(cmd, Path(answer)),
            env=variables,
            cwd=None if cwd is None else Path(cwd),
            on_line=self.on_line,
            timeout=self._remaining(cmd),
        )
        if status:
            raise _HookExit(status)

    def _remaining(self, cmd: Sequence[str]) -> float | None:
        if self.deadline is None:
            return None
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise ProcessTimeout(cmd, remaining)
        return remaining
