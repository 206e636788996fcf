"""Setuptools compiles in parallel, and everything that projects do around its compiler still holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from interlock.builds.run import _compile_hook
from interlock.builds.run.compiling import (
    COMPILE_HOOK,
    JOBS_VARIABLE,
    compile_in_parallel,
    extensions_are_independent,
)
from interlock.builds.run.jobs import job_variables

# Compiles nothing: a source file is a shell script that says what happens, and may look at the arguments.
COMPILER = """\
#!/bin/sh
for last; do :; done
echo "$0" "$@" >> log
for argument; do
    case "$argument" in *.c|*.other) timeout 60 sh -e "$argument" "$@" || exit 1;; esac
done
echo "$0" > "$last"
"""
SETUP = """\
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
class Own(build_ext):
    def build_extension(self, ext):
        self.compiler.src_extensions = [".c", ".other"]
        {around}
        super().build_extension(ext)
setup(name="demo", version="1", ext_modules=[Extension("demo", {sources})], cmdclass={{"build_ext": Own}})
"""
PLAIN = "do = self.compiler._compile"
# As the recipe does it that many projects have copied to compile CUDA files.
SWITCHING = """
        do = self.compiler._compile
        def switching(obj, src, *rest):
            usual = self.compiler.compiler_so
            if src.endswith(".other"):
                self.compiler.set_executable("compiler_so", ["./other"])
            do(obj, src, *rest)
            self.compiler.compiler_so = usual
        self.compiler._compile = switching
"""
MOVING = """
        import os
        do = self.compiler._compile
        def moving(obj, *rest):
            do(obj + ".tmp", *rest)
            os.rename(obj + ".tmp", obj)
        self.compiler._compile = moving
"""
RETRYING = """
        from setuptools.errors import CompileError
        do = self.compiler._compile
        def retrying(obj, src, ext, cc_args, extra, pp_opts):
            try:
                do(obj, src, ext, cc_args, ["-mfast"], pp_opts)
            except CompileError:
                do(obj, src, ext, cc_args, ["-mslow"], pp_opts)
        self.compiler._compile = retrying
"""
NAMELESS = """
        do = self.compiler._compile
        self.compiler._compile = lambda *args: do(*args)
        self.compiler._compile.__module__ = None
"""
SURROUNDING = """
        import os
        do = self.compiler._compile
        def surrounding(obj, *rest):
            os.environ["FOR"] = obj
            do(obj, *rest)
            del os.environ["FOR"]
        self.compiler._compile = surrounding
"""


def build(folder: Path, sources: dict[str, str], around: str = PLAIN, jobs: str = "4") -> subprocess.CompletedProcess:
    """Have setuptools build an extension from ``sources`` in ``folder``."""
    for name in ("cc", "other"):
        (folder / name).write_text(COMPILER)
        (folder / name).chmod(0o755)
    for name, text in sources.items():
        (folder / name).write_text(text)
    (folder / "setup.py").write_text(SETUP.format(around=around, sources=list(sources)))
    code = f"import runpy, sys; runpy.run_path({str(COMPILE_HOOK)!r}); sys.argv[1:] = ['build_ext', '-t', 'made']\n"
    command = [sys.executable, "-c", code + "runpy.run_path('setup.py')"]
    variables = {"PATH": os.environ["PATH"], "CC": "./cc", "LDSHARED": "./cc", JOBS_VARIABLE: jobs}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def made_by(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text().strip() for file in (folder / "made").glob("*.o")}


def test_the_files_of_an_extension_are_compiled_at_the_same_time(tmp_path):
    os.mkfifo(tmp_path / "fifo")  # Who writes to it waits for one who reads, and the other way round.
    done = build(tmp_path, {"a.c": "echo > fifo", "b.c": "cat fifo", "c.c": ""})
    assert done.returncode == 0, done.stderr
    assert made_by(tmp_path).keys() == {"a.o", "b.o", "c.o"}


def test_one_job_leaves_setuptools_as_it_is(tmp_path):
    first = "test ! -e made/b.o"
    assert build(tmp_path, {"a.c": first, "b.c": "test -e made/a.o"}, jobs="1").returncode == 0


def test_each_file_gets_the_compiler_that_the_project_chose_for_it(tmp_path):
    sources = {f"{name}{suffix}": "" for name in "abcd" for suffix in (".c", "2.other")}
    done = build(tmp_path, sources, SWITCHING)
    assert done.returncode == 0, done.stderr
    assert made_by(tmp_path) == {f"{n}.o": "./cc" for n in "abcd"} | {f"{n}2.o": "./other" for n in "abcd"}


def test_a_project_that_needs_the_object_at_once_gets_it(tmp_path):
    done = build(tmp_path, {"a.c": "", "b.c": ""}, MOVING)
    assert done.returncode == 0, done.stderr
    assert made_by(tmp_path) == {"a.o": "./cc", "b.o": "./cc"}


def test_a_variable_that_a_project_sets_for_one_file_is_there_for_it(tmp_path):
    done = build(tmp_path, {f"{name}.c": f'test "$FOR" = made/{name}.o' for name in "ab"}, SURROUNDING)
    assert done.returncode == 0, done.stderr
    assert made_by(tmp_path).keys() == {"a.o", "b.o"}


def test_a_function_that_names_no_module_of_its_own(tmp_path):
    done = build(tmp_path, {"a.c": "", "b.c": ""}, NAMELESS)
    assert done.returncode == 0, done.stderr
    assert made_by(tmp_path).keys() == {"a.o", "b.o"}


def test_a_project_that_tries_other_flags_after_a_failure_may_do_so(tmp_path):
    done = build(tmp_path, {"a.c": "", "b.c": 'case "$*" in *-mfast*) exit 1;; esac'}, RETRYING)
    assert done.returncode == 0, done.stderr
    assert [line for line in (tmp_path / "log").read_text().splitlines() if "b.c" in line and "-mslow" in line]


def test_what_another_thread_links_meanwhile_is_not_put_off():
    planning, linked, ran = Event(), Event(), []

    class Compiler:
        def compile(self, sources: list[str]) -> None:
            for source in sources:
                self._compile(source)

        def _compile(self, source: str) -> None:
            planning.set()
            linked.wait(60)
            self.call(source)

        def call(self, what: str) -> None:
            ran.append(what)

    _compile_hook._compile_in_parallel(Compiler, jobs=2)
    compiler = Compiler()
    thread = Thread(target=compiler.compile, args=(["a.c"],))
    thread.start()
    planning.wait(60)
    compiler.call("link")
    assert ran == ["link"]
    linked.set()
    thread.join()
    assert ran == ["link", "a.c"]


def test_a_failure_is_told_as_without_the_hook_and_nothing_is_linked(tmp_path):
    done = build(tmp_path, {"a.c": "exit 1", "b.c": ""})
    assert done.returncode != 0
    assert done.stderr.startswith("error: ")
    assert "a.c" in done.stderr
    assert "-shared" not in (tmp_path / "log").read_text()
    assert (tmp_path / "log").read_text().count(" a.c ") == 1


@pytest.mark.parametrize(
    ("setup", "visible", "nvcc", "independent"),
    [
        ("from setuptools import setup", {"setuptools"}, False, True),
        ("from setuptools import setup", {"setuptools"}, True, True),
        ("BuildExtension", {"torch"}, False, False),
        ("BuildExtension.with_options(use_ninja=False)", {"torch"}, False, True),
        ("BuildExtension.with_options(use_ninja = False)", {"torch"}, True, False),
        (None, {"setuptools"}, False, False),
    ],
)
def test_extensions_are_compiled_side_by_side_where_that_is_safe(setup, visible, nvcc, independent, tmp_path):
    if setup is not None:
        (tmp_path / "setup.py").write_text(setup)
    assert extensions_are_independent(tmp_path, visible, nvcc=nvcc) is independent


def test_what_a_build_gets_follows_its_budget_and_its_own_configuration(tmp_path):
    (tmp_path / "setup.py").touch()

    def variables(own: dict[str, str]) -> dict[str, str]:
        return compile_in_parallel(tmp_path, {"PATH": "", **own}, (tmp_path,), tmp_path)

    assert variables({}) == variables(job_variables(1)) == {}
    assert not list(tmp_path.glob("*.pth"))
    assert variables({**job_variables(4), "DIST_EXTRA_CONFIG": "/mine"}) == {JOBS_VARIABLE: "4"}
    (hook,) = tmp_path.glob("*.pth")
    assert (tmp_path / hook.read_text().split()[1]).with_suffix(".py").is_file()
    found = variables(job_variables(4))
    assert Path(found["DIST_EXTRA_CONFIG"]).read_text() == "[build_ext]\nparallel = 4\n"
