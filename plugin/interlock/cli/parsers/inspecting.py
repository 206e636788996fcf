"""What a project asks for, what its lock has, and why."""

from __future__ import annotations

import argparse

from interlock.cli.options import add_command, html_option, offline_option, platform_option, project_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_list(commands: Commands) -> None:
    """``env list``."""
    project_options(
        add_command(
            commands,
            "list",
            "list the packages of an environment",
            "List the packages of the environment: from conda, from PyPI, and built from source. If the environment\n"
            "is not installed, list the packages in the lock.",
            "%(prog)s\n  %(prog)s --json",
        ),
        answers=True,
    )


def add_info(commands: Commands) -> None:
    """``env info``."""
    info = add_command(
        commands,
        "info",
        "show the project, its environments, its lock and this machine",
        "Show what the manifest declares, what this machine offers, and the state of the lock and environments. Warn\n"
        "of versions in the lock that contradict each other.",
        "%(prog)s\n  %(prog)s --html info.html\n  CONDA_OVERRIDE_CUDA=12.4 %(prog)s",
    )
    project_options(info, answers=True)
    html_option(info)


def add_map(commands: Commands) -> None:
    """``env map``."""
    names = add_command(
        commands,
        "map",
        "show the PyPI names of a conda package, and why",
        "Show the conda packages with a name, those that supply the PyPI distribution with that name, and the rule\n"
        "that says so. Packages come from the lock, or else from the channels (the newest).",
        "%(prog)s pytorch\n  %(prog)s torch --json",
    )
    names.add_argument("name", metavar="NAME", help="a conda package or a PyPI distribution")
    project_options(names, answers=True)
    platform_option(names)
    offline_option(names)


def add_why(commands: Commands) -> None:
    """``env why``."""
    why = add_command(
        commands,
        "why",
        "explain why a package is installed, and in this version",
        "Show a package, the shortest dependency chains that lead to it from lines of the manifest, the ranges that\n"
        "restrict its version, and the builds that use it. This reads the lock and solves nothing.",
        "%(prog)s numpy\n  %(prog)s typing-extensions -p linux-aarch64\n  %(prog)s setuptools --json",
    )
    why.add_argument("package", metavar="PKG", help="a conda or PyPI name, in any spelling")
    project_options(why, answers=True)
    platform_option(why)


def add_tree(commands: Commands) -> None:
    """``env tree``."""
    tree = add_command(
        commands,
        "tree",
        "show the dependency tree across conda and PyPI",
        "Show the packages in the lock as a tree, from the lines of the manifest down or from one package down. With\n"
        "--invert, show it from a package up to the lines that ask for it. (*) marks packages shown above.",
        "%(prog)s --depth 1\n  %(prog)s torch\n  %(prog)s --invert numpy\n  %(prog)s --html tree.html",
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
    project_options(tree, answers=True)
    html_option(tree)
    platform_option(tree)


def add_diff(commands: Commands) -> None:
    """``env diff``."""
    diff = add_command(
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
    project_options(diff, environment_default=None, answers=True)
    platform_option(diff)


def _depth(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of levels")
    return int(text)
