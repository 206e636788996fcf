"""Functions of Python's library that are applied to constants, since their results depend on nothing else."""

from __future__ import annotations

import ast
import copy
import json
import posixpath
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from interlock.builds.sources.static.setup_py.files import ROOT
from interlock.builds.sources.static.setup_py.values import External

_LONGEST = 10_000


def _range(*arguments: int) -> range:
    made = range(*arguments)
    if len(made) > _LONGEST:
        raise ValueError("too long")
    return made


def _absolute(path: Any) -> str:
    return posixpath.normpath(posixpath.join(ROOT, path))


def _path(*parts: Any) -> PurePosixPath:
    return PurePosixPath(*parts)


_BUILTINS: tuple[Callable[..., Any], ...] = (
    len, str, int, float, bool, repr, abs, sum, any, all, sorted, tuple, set, frozenset, ord, chr, round,
)  # fmt: skip
_RE = ("search", "match", "fullmatch", "findall", "compile", "sub", "split", "escape")
_PATHS = ("join", "dirname", "basename", "normpath", "split", "splitext", "isabs")

PURE: Mapping[str, Callable[..., Any]] = {
    **{f"builtins.{function.__name__}": function for function in _BUILTINS},
    "builtins.range": _range,
    **{f"re.{name}": getattr(re, name) for name in _RE},
    **{f"os.path.{name}": getattr(posixpath, name) for name in _PATHS},
    "os.path.abspath": _absolute,
    "os.path.realpath": _absolute,
    "os.path.expanduser": lambda path: path if not path.startswith("~") else 1 / 0,
    "os.getcwd": lambda: ROOT,
    "os.fspath": str,
    "ast.literal_eval": ast.literal_eval,
    "json.loads": json.loads,
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "textwrap.dedent": textwrap.dedent,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.Path.cwd": lambda: PurePosixPath(ROOT),
}  # fmt: skip

CONSTANTS: Mapping[str, Any] = {
    **{
        f"re.{name}": getattr(re, name) for name in ("M", "MULTILINE", "S", "DOTALL", "I", "IGNORECASE", "X", "VERBOSE")
    },
    "os.sep": "/",
    "os.path.sep": "/",
    "os.pardir": "..",
    "os.path.pardir": "..",
    "os.curdir": ".",
    "typing.TYPE_CHECKING": False,
}

TYPES: Mapping[str, type] = {
    f"builtins.{kind.__name__}": kind for kind in (str, bytes, int, float, bool, list, tuple, dict, set)
}

# Functions that neither keep nor change what they are given.
HARMLESS = frozenset(
    [
        "print",
        "type",
        "id",
        "issubclass",
        "os.environ.get",
        "os.getenv",
        "os.listdir",
        "os.walk",
        "setuptools.find_packages",
        "setuptools.find_namespace_packages",
        "setuptools.Extension",
        "subprocess.check_output",
        "subprocess.run",
        "torch.utils.cpp_extension.CppExtension",
        "Cython.Build.cythonize",
    ]
)
HARMLESS_MODULES = ("warnings.", "logging.", "glob.", "sys.path.", "sys.stdout.", "sys.stderr.", "distutils.log.")
# Functions that change the files which their arguments name, and nothing else.
CHANGES_FILES = frozenset(
    [
        *(f"os.{name}" for name in ("rename", "replace", "remove", "unlink", "link", "symlink", "mkdir", "makedirs")),
        *("os.rmdir", "os.removedirs", "shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree"),
        *("shutil.move", "shutil.rmtree"),
    ]
)

_COMMANDS_OF_DISTUTILS = (
    "build", "build_ext", "build_py", "build_clib", "build_scripts", "clean", "install", "install_data", "install_lib",
    "install_scripts", "sdist",
)  # fmt: skip
_COMMANDS = ("build_ext", "build_py", "develop", "egg_info", "install", "install_lib", "install_scripts", "sdist")
# Names that every release of their module has: to ask for them raises nothing.
ALWAYS_THERE = frozenset(
    [
        *(("setuptools", name) for name in ("setup", "find_packages", "Extension", "Command", "Distribution")),
        *(("setuptools", name) for name in ("dist", "extension", "command")),
        *(("setuptools.dist", "Distribution"), ("setuptools.extension", "Extension")),
        *((f"setuptools.command.{name}", name) for name in _COMMANDS),
        *((f"distutils.command.{name}", name) for name in _COMMANDS_OF_DISTUTILS),
        *(("distutils", name) for name in ("core", "log", "errors", "cmd", "command", "util", "version")),
        *(("distutils.core", name) for name in ("setup", "Extension", "Command", "Distribution")),
        *(("distutils.cmd", "Command"), ("distutils.dist", "Distribution"), ("distutils.util", "convert_path")),
        *(("distutils.version", name) for name in ("LooseVersion", "StrictVersion")),
        *(("os", name) for name in ("path", "environ", "name", "sep", "getcwd", "chdir", "listdir", "walk", "getenv")),
        *(("sys", name) for name in ("platform", "version_info", "version", "argv", "exit", "path", "modules")),
        *(("re", name) for name in (*_RE, "M", "MULTILINE", "VERBOSE", "X", "S", "DOTALL", "I", "IGNORECASE")),
        *(("platform", name) for name in ("system", "machine", "python_version", "python_implementation")),
        *(("io", "open"), ("codecs", "open"), ("pathlib", "Path"), ("ast", "literal_eval"), ("glob", "glob")),
    ]
)

# Beginnings of names of classes that leave the metadata alone, of commands for example.
TRUSTED = (
    "builtins.object", "builtins.dict", "setuptools.", "distutils.", "wheel.", "torch.utils.cpp_extension.", "Cython.",
    "pybind11.", "nanobind.", "numpy.distutils.", "setuptools_rust.", "skbuild.", "mypyc.", "jinja2.", "pytest.",
    "unittest.", "sphinx.", "cffi.", "grpc_tools.", "ctypes.", "typing.", "enum.",
)  # fmt: skip

# What every build environment of setuptools has.
PRESENT = frozenset(
    [
        *(f"setuptools.{name}" for name in ("dist", "extension", "command")),
        *(f"setuptools.command.{name}" for name in _COMMANDS),
        *(f"distutils.{name}" for name in ("core", "cmd", "command", "dist", "errors", "log", "util", "version")),
        *(f"distutils.command.{name}" for name in _COMMANDS_OF_DISTUTILS),
        "__future__",
        "ast",
        "builtins",
        "codecs",
        "collections",
        "configparser",
        "contextlib",
        "copy",
        "datetime",
        "distutils",
        "errno",
        "functools",
        "glob",
        "io",
        "itertools",
        "json",
        "logging",
        "multiprocessing",
        "operator",
        "os",
        "pathlib",
        "platform",
        "re",
        "setuptools",
        "shutil",
        "string",
        "subprocess",
        "sys",
        "sysconfig",
        "tempfile",
        "textwrap",
        "time",
        "typing",
        "urllib",
        "warnings",
    ]
)


def is_own(top: str) -> bool:
    """Whether a top-level module is Python's own or setuptools', and not another project's."""
    return top in PRESENT or top in sys.stdlib_module_names


def is_present(value: object) -> bool:
    """Whether a value is a module that every build environment has."""
    return isinstance(value, External) and value.dotted in PRESENT
