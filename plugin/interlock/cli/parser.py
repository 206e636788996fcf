"""The commands and their options; importing this module costs little, so that a no-op stays quick."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from interlock import __version__

if TYPE_CHECKING:
    from typing import TypeAlias

    _Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse names it so

_LOCK_HELP = """\
how the lock is used:
  (neither)   update interlock.lock if it is out of date
  --locked    fail if interlock.lock is out of date (does not match the manifest)
  --frozen    install interlock.lock as it is, without checking that it is up to date
"""


def make_parser(program: str, *, only_env: bool = False) -> argparse.ArgumentParser:
    """The parser of ``interlock``, or with ``only_env`` that of ``pixi-env``, which is the ``env`` group alone."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Create environments from conda packages, PyPI packages and source builds that match both.",
        epilog="Start with `env install` in a directory with a pixi.toml, pyproject.toml or environment.yml.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"interlock {__version__}")
    commands = parser.add_subparsers(dest="command" if only_env else "group", metavar="COMMAND", required=True)
    if only_env:
        _add_env_commands(commands)
        parser.set_defaults(group="env")
        return parser
    env = commands.add_parser("env", help="install, lock, inspect and use environments")
    _add_env_commands(env.add_subparsers(dest="command", metavar="COMMAND", required=True))
    channel = commands.add_parser("channel", help="make a conda channel from local files and PyPI")
    _add_channel_commands(channel.add_subparsers(dest="command", metavar="COMMAND", required=True))
    plugins = commands.add_parser("plugins", help="show plugins")
    _add_plugin_commands(plugins.add_subparsers(dest="command", metavar="COMMAND", required=True))
    cache = commands.add_parser("cache", help="inspect and clean the store of built wheels")
    _add_cache_commands(cache.add_subparsers(dest="command", metavar="COMMAND", required=True))
    _add_audit(commands)
    return parser


def _add_env_commands(commands: _Commands) -> None:
    install = _command(
        commands,
        "install",
        "create or update the environment from the manifest",
        "Solve, lock and install. Running it again is a fast no-op.\n\n" + _LOCK_HELP,
        "%(prog)s\n  %(prog)s --locked -e default\n  %(prog)s --json",
    )
    _project_options(install)
    install.add_argument(
        "-p",
        "--platform",
        metavar="PLATFORM",
        help="which of several platforms for this machine (default: the one chosen before, else the first that fits)",
    )
    _lock_options(install)
    lock = _command(
        commands,
        "lock",
        "solve and write interlock.lock without installing",
        "Solve every environment and platform of the manifest and write interlock.lock. Versions in the existing lock\n"
        "are kept where possible. The metadata of sdists is built in their build environment where it is dynamic.",
        "%(prog)s\n  %(prog)s --check",
    )
    _project_options(lock)
    lock.add_argument(
        "--check",
        action="store_true",
        help="change nothing; fail if the lock is out of date",
    )
    _project_options(
        _command(
            commands,
            "list",
            "list the packages of an environment",
            "List the packages of the environment: from conda, from PyPI, and built from source. If the environment\n"
            "is not installed, list the packages in the lock.",
            "%(prog)s\n  %(prog)s --json",
        )
    )
    _project_options(
        _command(
            commands,
            "info",
            "show the project, its environments, its lock and this machine",
            "Show what the manifest declares, what this machine offers, and the state of the lock and environments.",
            "%(prog)s\n  CONDA_OVERRIDE_CUDA=12.4 %(prog)s",
        )
    )
    names = _command(
        commands,
        "map",
        "show the PyPI names of a conda package, and why",
        "Show the conda packages with a name, those that supply the PyPI distribution with that name, and the rule\n"
        "that says so. Packages come from the lock, or else from the channels (the newest).",
        "%(prog)s pytorch\n  %(prog)s torch --json",
    )
    names.add_argument("name", metavar="NAME", help="a conda package or a PyPI distribution")
    _project_options(names)
    _platform_option(names)
    _add_inspecting_commands(commands)
    run = _command(
        commands,
        "run",
        "run a program in the activated environment",
        "Run a program with the environment activated. An environment that is not up to date is installed first.\n"
        "The exit code is that of the program.\n\n" + _LOCK_HELP,
        "%(prog)s -- python train.py\n  %(prog)s --no-install -- nvcc --version",
    )
    _project_options(run)
    _lock_options(run)
    run.add_argument("--no-install", action="store_true", help="do not install; the environment must exist")
    run.add_argument("program", metavar="CMD", nargs=argparse.REMAINDER, help="the program and its arguments, after --")
    doctor = _command(
        commands,
        "doctor",
        "check an existing environment",
        "Audit all compiled code in an environment, and compare it with the records of conda, pip and uv: find\n"
        "missing files, distributions that are installed twice, and unmet requirements. The exit code is 4 if there\n"
        "are errors.",
        "%(prog)s\n  %(prog)s --prefix ~/envs/train --json",
    )
    _prefix_option(doctor)
    _project_options(doctor)
    clean = _command(
        commands,
        "clean",
        "remove installed environments",
        "Remove all installed environments of this project, or one of them. The lock and the caches stay.",
        "%(prog)s\n  %(prog)s -e default",
    )
    _project_options(clean, environment_default=None)


def _add_audit(commands: _Commands) -> None:
    audit = _command(
        commands,
        "audit",
        "check whether wheels fit an environment",
        "Check the compiled code of a wheel against an environment before installing it: symbols of its libraries and\n"
        "of Python, versions of the C and C++ libraries, and the promises of the wheel's tags. The exit code is 4 if\n"
        "the wheel does not fit.",
        "%(prog)s flash_attn-2.8.3-cp312-cp312-linux_x86_64.whl\n  %(prog)s dist/*.whl --prefix ~/envs/train",
    )
    audit.add_argument("wheel", metavar="WHEEL", nargs="+", help="a wheel file")
    _prefix_option(audit)
    _project_options(audit)
    audit.set_defaults(command=None)


def _prefix_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prefix", metavar="DIR", help="an environment made by any tool: conda, pixi, venv (default: the project's)"
    )


def _add_inspecting_commands(commands: _Commands) -> None:
    why = _command(
        commands,
        "why",
        "explain why a package is installed, and in this version",
        "Show a package, the shortest dependency chains that lead to it from lines of the manifest, the ranges that\n"
        "restrict its version, and the builds that use it. This reads the lock and solves nothing.",
        "%(prog)s numpy\n  %(prog)s typing-extensions -p linux-aarch64\n  %(prog)s setuptools --json",
    )
    why.add_argument("package", metavar="PKG", help="a conda or PyPI name, in any spelling")
    _project_options(why)
    _platform_option(why)
    tree = _command(
        commands,
        "tree",
        "show the dependency tree across conda and PyPI",
        "Show the packages in the lock as a tree, from the lines of the manifest down or from one package down. With\n"
        "--invert, show it from a package up to the lines that ask for it. (*) marks packages shown above.",
        "%(prog)s --depth 1\n  %(prog)s torch\n  %(prog)s --invert numpy",
    )
    tree.add_argument("package", metavar="PKG", nargs="?", help="start at this package (default: at the manifest)")
    tree.add_argument(
        "-i",
        "--invert",
        action="store_true",
        help="show the packages that require a package",
    )
    tree.add_argument("--depth", type=_depth, metavar="N", help="show only N levels below the top")
    tree.add_argument("--build", action="store_true", help="also show the packages used by builds from source")
    _project_options(tree)
    _platform_option(tree)
    diff = _command(
        commands,
        "diff",
        "show what changed between two versions of the lock, and why",
        "Compare two versions of the lock, by default the one in git's HEAD with the one on disk. Show which packages\n"
        "were added, removed, upgraded, downgraded, moved between conda and PyPI or built differently, and which line\n"
        "or requirement caused each change, if one did. Differences do not change the exit code.",
        "%(prog)s\n  %(prog)s main\n  %(prog)s before.lock interlock.lock -e default",
    )
    version = "a lock, a directory with a lock, or a git revision"
    diff.add_argument("old", metavar="OLD", nargs="?", help=f"{version} (default: HEAD)")
    diff.add_argument("new", metavar="NEW", nargs="?", help="the same (default: the project's lock on disk)")
    _project_options(diff, environment_default=None)
    _platform_option(diff)


def _add_channel_commands(commands: _Commands) -> None:
    build = _command(
        commands,
        "build",
        "make a local conda channel",
        "Make conda packages on this machine: CPython from an installed interpreter, and the CUDA toolkit from\n"
        "NVIDIA's own wheels on PyPI, under the names of conda-forge. Existing packages are kept.",
        "interlock channel build ./channel --python --cuda 13.0 13.1\n"
        "  interlock channel build ./channel --python --interpreter /usr/bin/python3",
    )
    build.add_argument("directory", metavar="DIR", help="the channel's directory")
    build.add_argument("--python", action="store_true", help="make the python package (the default without --cuda)")
    build.add_argument("--interpreter", metavar="PATH", help="the interpreter to package (default: the running one)")
    build.add_argument("--cuda", metavar="VERSION", nargs="+", default=[], help="CUDA versions, such as 13.0")
    build.add_argument(
        "--only", metavar="NAME", nargs="+", default=[], help="only these CUDA packages and their dependencies"
    )
    build.add_argument("--full", action="store_true", help="include the CUDA math libraries, about 1.3 GB per version")
    _output_options(build)


def _add_plugin_commands(commands: _Commands) -> None:
    listing = _command(
        commands,
        "list",
        "list built-in, enabled and installed plugins",
        "List the available plugins. Third-party plugins only run if the manifest names them:\n"
        '  [tool.interlock]\n  plugins = ["NAME"]',
        "interlock plugins list",
    )
    _manifest_option(listing)
    _output_options(listing)


def _add_cache_commands(commands: _Commands) -> None:
    _output_options(
        _command(
            commands,
            "list",
            "list stored wheels",
            "List the wheels in the store of built wheels, and count the build environments whose packages are kept.",
            "interlock cache list",
        )
    )
    show = _command(
        commands,
        "show",
        "show what a stored wheel was built from",
        "Show what identifies the stored wheels of a package: its source, interpreter, toolchain and variables, and\n"
        "the distributions that the build imported.",
        "interlock cache show flash-attn",
    )
    show.add_argument("name", metavar="NAME", help="a package name, or the beginning of a key or of a wheel's SHA-256")
    _output_options(show)
    prune = _command(
        commands,
        "prune",
        "remove stored wheels that were not used recently",
        "Remove wheels, cached base prefixes and packages of build environments that no build has used for a number\n"
        "of days, and the remains of interrupted builds. Interlock can recreate everything that it removes; it does\n"
        "not touch environments.",
        "interlock cache prune --days 30",
    )
    prune.add_argument(
        "--days", type=_days, default=90, metavar="N", help="keep what was used in the last N days (default: 90)"
    )
    _output_options(prune)
    _output_options(
        _command(
            commands,
            "verify",
            "check stored wheels against their hashes",
            "Check every stored wheel, and every file of the packages of build environments, against its hash, and\n"
            "remove what is damaged.",
            "interlock cache verify",
        )
    )


def _depth(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of levels")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")
    return int(text)


def _command(commands: _Commands, name: str, summary: str, text: str, examples: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=text,
        epilog=f"examples:\n  {examples}",
        # A shortened option would stop working as soon as another one begins with the same letters.
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _project_options(parser: argparse.ArgumentParser, environment_default: str | None = "default") -> None:
    shown = environment_default or "all"
    parser.add_argument(
        "-e", "--environment", metavar="NAME", default=environment_default, help=f"the environment (default: {shown})"
    )
    _manifest_option(parser)
    _output_options(parser)


def _manifest_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--manifest-path", metavar="PATH", help="the manifest, or a directory with one (default: search upwards)"
    )


def _platform_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p", "--platform", metavar="PLATFORM", help="the platform (default: that of this machine, if it is locked)"
    )


def _lock_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--locked", action="store_true", help="fail if the lock is out of date")
    group.add_argument("--frozen", action="store_true", help="install the lock as it is, up to date or not")


def _output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="show more detail; -vv adds tracebacks")
    parser.add_argument("-q", "--quiet", action="store_true", help="print only errors")
