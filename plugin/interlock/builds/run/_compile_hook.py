"""Runs inside of builds and has setuptools compile the source files of an extension side by side.

Copied into each build environment. Must work on every Python from 3.8 on and import next to nothing, since every
interpreter that a build starts runs it. ``$INTERLOCK_COMPILE_JOBS`` says how many compilers may run at once.

``CCompiler.compile`` compiles one file after the other. Here it runs as it is, in its order, with whatever a project or
torch put around ``_compile``, but the commands that it would start are only written down. Then they run, those for one
object one after the other, those for different objects in parallel. So nothing that these functions change and put back
between two files (the compiler's program, its flags) is ever seen by two of them. Where they change variables or the
directory for a file, all files are compiled one after the other.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    Commands = list[tuple[str, tuple[Any, ...], dict[str, Any]]]

# Where CCompiler is defined: in newer setuptools; in older ones and the standard library.
_HOMES = ("distutils.compilers.C.base", "distutils.ccompiler")
# The methods by which ``_compile`` starts programs; newer setuptools have both.
_STARTERS = ("call", "spawn")
# Whose ``_compile`` only starts the compiler.
_PLAIN = ("distutils.", "torch.utils.cpp_extension")


class _Finder:
    """Watches for the module that defines CCompiler, and finds none itself."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def find_spec(self, name: str, path: Any = None, _target: object = None) -> ModuleSpec | None:
        if not name.endswith(_HOMES):
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            self.watch(spec.loader)
        return spec

    def watch(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            for name in ("Compiler", "CCompiler"):
                found = vars(module).get(name)
                if getattr(found, "__module__", None) == module.__name__:
                    _compile_in_parallel(found, self.jobs)

        loader.exec_module = exec_module


def _compile_in_parallel(compiler: Any, jobs: int) -> None:
    """Replace ``compile`` of the class ``compiler`` by one that runs up to ``jobs`` of its commands at a time."""
    from threading import RLock, local

    one_by_one = compiler.compile
    lock = RLock()
    # Only the thread that plans writes its commands down. Others share the compiler, and may be linking.
    plans = local()
    pools: list[ThreadPoolExecutor] = []

    def compile(self: Any, *args: Any, **options: Any) -> Any:  # noqa: A001 - the name of what it replaces
        # Several extensions may be compiled by threads of build_ext, which share the compiler's settings as well.
        with lock:
            plan: list[Commands] = []
            plans.now, plans.around, plans.fits = plan, _around(), True
            try:
                objects = _planned(self, plan, one_by_one, args, options)
                if not plans.fits:
                    raise RuntimeError("commands need variables or a directory that are there for one file")
            except Exception:  # noqa: BLE001 - it needs what its commands make, or is told again without a plan
                plans.now = None
                return one_by_one(self, *args, **options)
            finally:
                plans.now = None
            home = str(getattr(self._compile, "__module__", None))
            plain = any(part in home for part in _PLAIN)
            if not pools:
                from concurrent.futures import ThreadPoolExecutor

                pools.append(ThreadPoolExecutor(jobs))
        try:
            _run(self, plan, pools[0])
        except Exception:
            # A project's own _compile may know what to do about a failure.
            if plain:
                raise
            with lock:
                return one_by_one(self, *args, **options)
        return objects

    def planning(name: str) -> None:
        start = getattr(compiler, name)

        def start_or_plan(self: Any, *args: Any, **options: Any) -> Any:
            plan = getattr(plans, "now", None)
            if plan is None:
                return start(self, *args, **options)
            plan[-1].append((name, _kept(args), options))
            plans.fits = plans.fits and _around() == plans.around
            return None

        setattr(compiler, name, start_or_plan)

    compiler.compile = compile
    for name in _STARTERS:
        if hasattr(compiler, name):
            planning(name)


def _around() -> tuple[str, dict[str, str]]:
    """What programs get from the process that starts them."""
    return os.getcwd(), dict(os.environ)  # noqa: PTH109 - pathlib would be a heavy import


def _planned(self: Any, plan: list[Commands], one_by_one: Callable[..., Any], args: Any, options: Any) -> Any:
    """What ``compile`` returns, with a list in ``plan`` for each object, where its commands go."""
    instance = vars(self)
    own = instance.get("_compile")
    do = self._compile

    def each(*args: Any, **options: Any) -> None:
        plan.append([])
        do(*args, **options)

    self._compile = each
    try:
        return one_by_one(self, *args, **options)
    finally:
        if own is None:
            del self._compile
        else:
            self._compile = own


def _kept(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments whose lists do not change when their owner changes his."""
    return tuple(list(value) if isinstance(value, list) else value for value in args)


def _run(self: Any, planned: list[Commands], pool: ThreadPoolExecutor) -> None:
    """Run the commands; the first failure is raised as ``_compile`` would, after those that run have ended."""

    def run(commands: Commands) -> None:
        for name, args, options in commands:
            getattr(self, name)(*args, **options)

    futures = [pool.submit(run, commands) for commands in planned]
    try:
        for future in futures:
            future.result()
    except Exception as error:
        for future in futures:
            future.cancel()
        for future in futures:
            if not future.cancelled():
                future.exception()
        raise _compile_error(self)(error) from error


def _compile_error(self: Any) -> type[Exception]:
    """The exception that ``compile`` raises, of the setuptools or standard library which the compiler is from."""
    from importlib import import_module

    home = next(kind.__module__ for kind in type(self).__mro__ if kind.__module__.endswith(_HOMES))
    errors = import_module(home[: home.index("distutils") + len("distutils")] + ".errors")
    error: type[Exception] = errors.CompileError
    return error


def install() -> None:
    """Start watching if $INTERLOCK_COMPILE_JOBS asks for it."""
    jobs = os.environ.get("INTERLOCK_COMPILE_JOBS", "")
    if jobs.isdigit() and int(jobs) > 1:
        sys.meta_path.insert(0, _Finder(int(jobs)))


install()
