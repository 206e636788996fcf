"""Entry points: parse, answer a no-op at once, otherwise run the command and turn every failure into findings."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import takewhile

from interlock.cli.output import INTERRUPTED, Output
from interlock.cli.parser import UsageError, make_parser, words_of
from interlock.cli.signals import heed_signals
from interlock.core.names import DEFAULT_FOLDER, PIXI_FOLDER
from interlock.core.offline import network_off

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn

# The arguments that take several values, or none.
_LISTS = frozenset({"name", "matrix", "program", "cuda", "only", "spec", "specs", "pypi", "channel"})
# New objects before unreachable ones are looked for. What is imported stays, so that Python's 700 would be for nothing.
_NEW_OBJECTS = 200_000


def main(argv: Sequence[str] | None = None) -> int:
    """The ``interlock`` command; returns its exit code, or ends the process with it if ``argv`` is not given."""
    _begin()
    code = _run("interlock", sys.argv[1:] if argv is None else argv, folder=DEFAULT_FOLDER)
    return _leave(code) if argv is None else code


def pixi_env(argv: Sequence[str] | None = None) -> int:
    """The ``pixi-env`` command, which pixi runs as ``pixi env``; prefixes are where pixi has them."""
    _begin()
    code = _run("pixi-env", sys.argv[1:] if argv is None else argv, folder=PIXI_FOLDER)
    return _leave(code) if argv is None else code


def conda_interlock(argv: Sequence[str]) -> int:
    """The ``interlock`` command as conda's plugin runs it, in conda's own process; returns its exit code."""
    return _run("conda interlock", argv, folder=DEFAULT_FOLDER)


def _begin() -> None:
    gc.set_threshold(_NEW_OBJECTS)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Its caller has closed it: a file that is opened would get its number, and what programs write.
            handle = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(handle, True)
            setattr(sys, name, open(handle, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _leave(code: int) -> NoReturn:
    """End the process without freeing its objects one by one, which would take a tenth of the time of a lock."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what multiprocessing calls in the same place
    # Whoever reads our output may be gone.
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(program: str, argv: Sequence[str], *, folder: str) -> int:
    started = time.monotonic()
    only_env = program == "pixi-env"
    name = "pixi env" if only_env else program
    if "_ARGCOMPLETE" in os.environ:
        from interlock.cli.completion import complete

        complete(make_parser(name, only_env=only_env))
    parser = make_parser(name, tuple(argv[:2]), only_env=only_env)
    try:
        args = _parsed(parser, argv)
    except UsageError as error:
        if "--json" in takewhile("--".__ne__, argv):
            _answer_misuse(" ".join(words_of(argv, only_env=only_env)), error)
        raise
    args.folder = folder
    args.started = started
    _show_everything()
    words = " ".join(_words(args))
    output = Output(words, json=args.json, quiet=args.quiet, verbose=args.verbose, answers=args.answers)
    heed_signals()
    try:
        with network_off(getattr(args, "offline", False), f"pixi {words}" if only_env else f"{program} {words}"):
            return _command(args, output)
    except KeyboardInterrupt:
        return _interrupted(output)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`), so there is nothing left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the edge: a bug is reported as one, without a traceback unless asked for
        # One that meets the definition of a class is wrapped by Python before 3.12.
        return _interrupted(output) if isinstance(error.__cause__, KeyboardInterrupt) else output.failed(error)


def _parsed(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    args = parser.parse_args(argv)
    # Python before 3.12 takes the -- in --prefix=-- for the one that separates arguments, and leaves nothing.
    for name, value in vars(args).items():
        if value == [] and name not in _LISTS:
            parser.error(f"argument --{name.replace('_', '-')}: -- is not a value")
    return args


def _answer_misuse(command: str, error: UsageError) -> None:
    from interlock.cli.findings import misuse
    from interlock_hooks.types import InterlockError

    Output(command, json=True).answer_failure(InterlockError(misuse(command, error.message)))


def _show_everything() -> None:
    """Write what a terminal has no characters for as escapes: a file name or an arrow must not be a reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="backslashreplace")


def _interrupted(output: Output) -> int:
    from interlock.engines.work import end_all

    end_all()
    output.interrupted()
    return INTERRUPTED


def _command(args: argparse.Namespace, output: Output) -> int:
    _require_directory()
    if args.group == "env" and args.command == "install":
        # Before anything heavy is imported: most installs find nothing to do.
        from interlock.cli.noop import answer_noop

        if answer_noop(args, output):
            return 0
    if output.quiet or not sys.stderr.isatty():
        return _carried_out(args, output)
    from interlock.cli.waiting import Waiting, can_animate

    if not can_animate(sys.stderr):
        return _carried_out(args, output)
    from interlock.core.activity import telling

    with output.showing(Waiting(output.command, sys.stderr)), telling(output.tell):
        return _carried_out(args, output)


def _carried_out(args: argparse.Namespace, output: Output) -> int:
    command: Callable[[argparse.Namespace, Output], int]
    command = import_module(f"interlock.cli.commands.{'_'.join(_words(args)).replace('-', '_')}").run
    return command(args, output)


def _require_directory() -> None:
    """Paths are relative to the working directory, and no program can be started without one."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib would be a heavy import before a no-op
    except FileNotFoundError as error:
        from interlock.cli.findings import no_working_directory
        from interlock_hooks.types import InterlockError

        raise InterlockError(no_working_directory()) from error


def _words(args: argparse.Namespace) -> list[str]:
    """The words of the command: most are in a group."""
    return [word for word in (args.group, args.command) if word]
