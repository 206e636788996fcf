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
  (neither)   use interlock.lock where it answers the manifest, else lock again
  --locked    fail if interlock.lock does not answer the manifest
  --frozen    install interlock.lock as it is, without comparing it with the manifest
"""


def make_parser(program: str, *, only_env: bool = False) -> argparse.ArgumentParser:
    """The parser of ``interlock``, or with ``only_env`` that of ``pixi-env``, which is the ``env`` group alone."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Environments of conda packages, PyPI packages and source builds that match both.",
        epilog="Start with `env install` in a folder with a pixi.toml or pyproject.toml.",
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
    channel = commands.add_parser("channel", help="make a conda channel out of this machine and PyPI")
    _add_channel_commands(channel.add_subparsers(dest="command", metavar="COMMAND", required=True))
    plugins = commands.add_parser("plugins", help="show plugins")
    _add_plugin_commands(plugins.add_subparsers(dest="command", metavar="COMMAND", required=True))
    cache = commands.add_parser("cache", help="look into the store of built wheels and clean it")
    _add_cache_commands(cache.add_subparsers(dest="command", metavar="COMMAND", required=True))
    _add_audit(commands)
    return parser


def _add_env_commands(commands: _Commands) -> None:
    install = _command(
        commands,
        "install",
        "make the environment what the manifest says",
        "Solve, lock and install. A second run changes nothing and takes no time.\n\n" + _LOCK_HELP,
        "%(prog)s\n  %(prog)s --locked -e default\n  %(prog)s --json",
    )
    _project_options(install)
    _lock_options(install)
    lock = _command(
        commands,
        "lock",
        "solve and write interlock.lock without installing",
        "Solve every environment and platform of the manifest and write interlock.lock. Versions of an existing lock\n"
        "are kept where they still fit. sdists whose metadata is dynamic are asked for it in their build environment.",
        "%(prog)s\n  %(prog)s --check",
    )
    _project_options(lock)
    lock.add_argument(
        "--check", action="store_true", help="change nothing; fail if the lock does not answer the manifest"
    )
    _project_options(
        _command(
            commands,
            "list",
            "list what is in an environment",
            "List the packages of the environment: from conda, from PyPI, and built here. Without an installed\n"
            "environment the lock is shown.",
            "%(prog)s\n  %(prog)s --json",
        )
    )
    _project_options(
        _command(
            commands,
            "info",
            "show the project, its environments, lock and machine",
            "Show what the manifest declares, what this machine offers, and the state of lock and prefix.",
            "%(prog)s\n  CONDA_OVERRIDE_CUDA=12.4 %(prog)s",
        )
    )
    names = _command(
        commands,
        "map",
        "show which PyPI names a conda package has, and why",
        "Show the conda packages of a name, and those that supply the PyPI distribution of that name, with the rule\n"
        "that says so. They are those of the lock, else the newest of the channels.",
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
        "Run a program with the environment activated; the environment is installed first if it is not up to date.\n"
        "The exit code is the program's.\n\n" + _LOCK_HELP,
        "%(prog)s -- python train.py\n  %(prog)s --no-install -- nvcc --version",
    )
    _project_options(run)
    _lock_options(run)
    run.add_argument("--no-install", action="store_true", help="do not install; the environment must exist")
    run.add_argument("program", metavar="CMD", nargs=argparse.REMAINDER, help="the program and its arguments, after --")
    doctor = _command(
        commands,
        "doctor",
        "examine an environment that exists",
        "Audit all compiled code in an environment, and compare it with what conda, pip and uv recorded: lost files,\n"
        "distributions that are there twice, requirements that are not met. Exit code 4 when there are errors.",
        "%(prog)s\n  %(prog)s --prefix ~/envs/train --json",
    )
    _prefix_option(doctor)
    _project_options(doctor)
    clean = _command(
        commands,
        "clean",
        "remove installed environments",
        "Remove the prefixes of all environments of this project, or of one; the lock and the caches stay.",
        "%(prog)s\n  %(prog)s -e default",
    )
    _project_options(clean, environment_default=None)


def _add_audit(commands: _Commands) -> None:
    audit = _command(
        commands,
        "audit",
        "see whether wheels fit an environment",
        "Compare what the compiled code of a wheel needs with what an environment has, before it is installed:\n"
        "symbols of the libraries in it and of Python, versions of the C and C++ libraries, and what the wheel's tags\n"
        "promise. Exit code 4 when it does not fit.",
        "%(prog)s flash_attn-2.8.3-cp312-cp312-linux_x86_64.whl\n  %(prog)s dist/*.whl --prefix ~/envs/train",
    )
    audit.add_argument("wheel", metavar="WHEEL", nargs="+", help="a wheel file")
    _prefix_option(audit)
    _project_options(audit)
    audit.set_defaults(command=None)


def _prefix_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prefix", metavar="DIR", help="any environment: of conda, pixi or a venv (default: the project's)"
    )


def _add_inspecting_commands(commands: _Commands) -> None:
    why = _command(
        commands,
        "why",
        "explain why a package is there, and at that version",
        "Show what a package is, the shortest ways to it from the manifest's lines through conda and PyPI packages,\n"
        "the ranges that restrict its version, and the builds that use it. Read from the lock; nothing is solved.",
        "%(prog)s numpy\n  %(prog)s typing-extensions -p linux-aarch64\n  %(prog)s setuptools --json",
    )
    why.add_argument("package", metavar="PKG", help="a conda or PyPI name, in any spelling")
    _project_options(why)
    _platform_option(why)
    tree = _command(
        commands,
        "tree",
        "show what needs what, across conda and PyPI",
        "Show the packages of the lock as a tree from the manifest's lines down, or from one package; with --invert\n"
        "from a package up to the lines that ask for it. (*) marks what was shown above.",
        "%(prog)s --depth 1\n  %(prog)s torch\n  %(prog)s --invert numpy",
    )
    tree.add_argument("package", metavar="PKG", nargs="?", help="begin at this package (default: at the manifest)")
    tree.add_argument("-i", "--invert", action="store_true", help="show who needs a package instead of what it needs")
    tree.add_argument("--depth", type=_depth, metavar="N", help="show only N levels below the top")
    tree.add_argument("--build", action="store_true", help="show what builds from source use, too")
    _project_options(tree)
    _platform_option(tree)
    diff = _command(
        commands,
        "diff",
        "show what changed between two versions of the lock, and why",
        "Compare versions of the lock, by default that in git's HEAD with the one on disk: what was added, removed,\n"
        "upgraded, downgraded, moved between conda and PyPI, or is built otherwise, and because of which line or\n"
        "requirement. What nothing forced is said to be free to move. Differences do not change the exit code.",
        "%(prog)s\n  %(prog)s main\n  %(prog)s before.lock interlock.lock -e default",
    )
    version = "a lock, a directory with one, or a revision of git"
    diff.add_argument("old", metavar="OLD", nargs="?", help=f"{version} (default: HEAD)")
    diff.add_argument("new", metavar="NEW", nargs="?", help="the same (default: the project's lock on disk)")
    _project_options(diff, environment_default=None)
    _platform_option(diff)


def _add_channel_commands(commands: _Commands) -> None:
    build = _command(
        commands,
        "build",
        "make a local conda channel",
        "Make conda packages on this machine: CPython from an interpreter that is installed here, and the CUDA\n"
        "toolkit from NVIDIA's own wheels on PyPI, under conda-forge's names. What is there already is kept.",
        "interlock channel build ./channel --python --cuda 13.0 13.1\n"
        "  interlock channel build ./channel --python --interpreter /usr/bin/python3",
    )
    build.add_argument("directory", metavar="DIR", help="the channel's directory")
    build.add_argument("--python", action="store_true", help="make the python package (the default without --cuda)")
    build.add_argument("--interpreter", metavar="PATH", help="the interpreter to package (default: the running one)")
    build.add_argument("--cuda", metavar="VERSION", nargs="+", default=[], help="CUDA versions, such as 13.0")
    build.add_argument(
        "--only", metavar="NAME", nargs="+", default=[], help="only these CUDA packages and what they depend on"
    )
    build.add_argument("--full", action="store_true", help="with the CUDA math libraries, about 1.3 GB per version")
    _output_options(build)


def _add_plugin_commands(commands: _Commands) -> None:
    _project_options(
        _command(
            commands,
            "list",
            "list built-in, enabled and installed plugins",
            "List the plugins that could run. Third-party plugins run only where the manifest names them:\n"
            '  [tool.interlock]\n  plugins = ["NAME"]',
            "interlock plugins list",
        )
    )


def _add_cache_commands(commands: _Commands) -> None:
    _output_options(
        _command(
            commands,
            "list",
            "list stored wheels",
            "List the wheels that builds have left in the store.",
            "interlock cache list",
        )
    )
    show = _command(
        commands,
        "show",
        "show what a stored wheel was built from",
        "Show everything that identifies the stored wheels of a package: source, interpreter, toolchain, variables,\n"
        "and the distributions that the build imported.",
        "interlock cache show flash-attn",
    )
    show.add_argument("name", metavar="NAME", help="a package name, or the beginning of a key or of a wheel's SHA-256")
    _output_options(show)
    prune = _command(
        commands,
        "prune",
        "remove stored wheels that were not used lately",
        "Remove wheels, and prefixes that builds were made over, which no build has used for a number of days, and\n"
        "what interrupted builds left. Only what can be made again is removed; environments are not touched.",
        "interlock cache prune --days 30",
    )
    prune.add_argument("--days", type=_days, default=90, metavar="N", help="keep what was used in the last N days (90)")
    _output_options(prune)
    _output_options(
        _command(
            commands,
            "verify",
            "check stored wheels against their hashes",
            "Check every stored wheel against its hash; damaged ones are removed.",
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
        # A shortened option would stop working as soon as another one begins like it.
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _project_options(parser: argparse.ArgumentParser, environment_default: str | None = "default") -> None:
    parser.add_argument(
        "-e", "--environment", metavar="NAME", default=environment_default, help="the environment (default)"
    )
    parser.add_argument(
        "--manifest-path", metavar="PATH", help="the manifest, or a folder with one (default: search upwards)"
    )
    _output_options(parser)


def _platform_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-p", "--platform", metavar="PLATFORM", help="the platform (default: this machine's, if it is locked)"
    )


def _lock_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--locked", action="store_true", help="fail if the lock does not answer the manifest")
    group.add_argument("--frozen", action="store_true", help="install the lock without comparing it with the manifest")


def _output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="more detail; -vv adds tracebacks")
    parser.add_argument("-q", "--quiet", action="store_true", help="print only errors")
