"""Editing the manifest."""

from __future__ import annotations

from interlock.cli.options import add_command, effect_options, manifest_option, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from interlock.cli.options import Commands


def add_add(commands: Commands) -> None:
    """``env add``."""
    add = add_command(
        commands,
        "add",
        "add packages to the manifest, and install them",
        "Add packages to the manifest, solve, and install. The manifest and the lock change only if there is a\n"
        "solution. A package that the channels have comes from conda, unless it needs one that PyPI supplies here\n"
        "(flash-attn needs torch); the output says why. A package without a version gets the range that was solved.",
        '%(prog)s numpy "pandas>=2"\n  %(prog)s flash-attn --matched\n  %(prog)s --pypi "torch[opt-einsum]>=2.6"\n'
        "  %(prog)s apex --git https://github.com/NVIDIA/apex --tag 25.09 --no-isolation\n"
        "  %(prog)s --path ./kernels --editable",
    )
    add.add_argument(
        "spec",
        metavar="SPEC",
        nargs="*",
        help="a conda package (python=3.12) or a PyPI requirement (torch[extra]>=2)",
    )
    _ecosystem_option(add)
    _place_options(add)
    source = add.add_argument_group("where a PyPI package comes from, if not from an index")
    source.add_argument("--git", metavar="URL", help="a git repository")
    reference = source.add_mutually_exclusive_group()
    reference.add_argument("--rev", metavar="COMMIT", help="a commit of the repository")
    reference.add_argument("--branch", metavar="NAME", help="a branch of the repository")
    reference.add_argument("--tag", metavar="NAME", help="a tag of the repository")
    source.add_argument("--subdirectory", metavar="DIR", help="the project's directory in the repository")
    source.add_argument("--path", metavar="DIR", help="a local project or archive; its name need not be given")
    source.add_argument("--editable", action="store_true", help="install the project at --path as editable")
    mode = add.add_argument_group("how a PyPI package is built (default: planned from its source)")
    modes = mode.add_mutually_exclusive_group()
    modes.add_argument("--matched", action="store_true", help="in isolation, against the environment's own packages")
    modes.add_argument("--no-isolation", action="store_true", help="in the environment itself")
    _effect_options(add)


def add_remove(commands: Commands) -> None:
    """``env remove``."""
    remove = add_command(
        commands,
        "remove",
        "remove packages from the manifest, and uninstall what is not needed any more",
        "Remove packages from the manifest, solve, and install. The manifest and the lock change only if there is a\n"
        "solution. A package that another one needs stays installed; the output says which.",
        "%(prog)s pandas\n  %(prog)s pytest --feature test",
    )
    remove.add_argument("name", metavar="NAME", nargs="+", help="a package that the manifest lists")
    _ecosystem_option(remove)
    _place_options(remove)
    _effect_options(remove)


def add_import(commands: Commands) -> None:
    """``env import``."""
    importing = add_command(
        commands,
        "import",
        "add the packages of an environment.yml or a requirements file to the manifest",
        "Add the packages that a file lists to the manifest, solve, and install. The manifest and the lock change\n"
        "only if there is a solution. What the manifest lists already stays. What else the file says is not taken\n"
        "over, but told.",
        "%(prog)s environment.yml\n  %(prog)s requirements-test.txt --feature test",
    )
    importing.add_argument("file", metavar="FILE", help="an environment.yml, or a requirements file of pip")
    importing.add_argument(
        "--format", choices=("conda-env", "pypi-txt"), help="what the file is (default: by its name)"
    )
    _place_options(importing)
    _effect_options(importing)


def _ecosystem_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pypi", action="store_true", help="a PyPI package (default: see docs/editing.md)")


def _place_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f", "--feature", metavar="NAME", default="default", help="the feature, dependency group or extra to edit"
    )
    parser.add_argument("-p", "--platform", metavar="PLATFORM", help="only for this platform (default: for all)")


def _effect_options(parser: argparse.ArgumentParser) -> None:
    effect_options(parser, written="the manifest and the lock")
    parser.add_argument(
        "-e", "--environment", metavar="NAME", help="the environment to install (default: one that has the feature)"
    )
    manifest_option(parser)
    output_options(parser)


def add_init(commands: Commands) -> None:
    """``init``."""
    init = add_command(
        commands,
        "init",
        "make a project of a directory",
        "Write a manifest, unless the directory has one. An empty directory gets a pixi.toml. A pyproject.toml that\n"
        "does not mention environments gets the table of a workspace. For a requirements.txt, an environment.yml is\n"
        "written that reads it.\n"
        "In a git repository, .interlock is added to .gitignore.",
        "%(prog)s\n  %(prog)s train -c conda-forge -p linux-64 -p linux-aarch64",
    )
    init.add_argument("directory", metavar="DIR", nargs="?", help="the directory (default: the working directory)")
    init.add_argument("--name", metavar="NAME", help="the name of the project (default: that of the directory)")
    init.add_argument("-c", "--channel", metavar="CHANNEL", action="append", help="a channel (default: conda-forge)")
    init.add_argument(
        "-p", "--platform", metavar="PLATFORM", action="append", help="a platform (default: this machine's)"
    )
    output_options(init)
    init.set_defaults(command=None)
