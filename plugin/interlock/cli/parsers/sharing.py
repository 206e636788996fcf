"""The lock and environments for other tools and machines."""

from __future__ import annotations

from interlock.cli.options import LOCK_HELP, add_command, lock_options, project_options, readiness_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands

# The table itself is with the code that writes them, which is not imported to parse arguments; a test compares.
EXPORT_FORMATS = ("pixi-lock", "pylock", "conda-explicit", "environment-yml", "requirements", "cyclonedx", "dockerfile")


def add_export(commands: Commands) -> None:
    """``env export``."""
    export = add_command(
        commands,
        "export",
        "write the lock in the format of another tool",
        "Write what is locked as pixi.lock, as pylock.toml (PEP 751), as an explicit file of conda, as an\n"
        "environment.yml, as a requirements file with hashes, as a bill of materials (CycloneDX), or as a Dockerfile\n"
        "that installs it. A warning tells what the format cannot say.\n\n" + LOCK_HELP,
        "%(prog)s --format pylock -o pylock.toml\n  %(prog)s --format conda-explicit -e train -p linux-aarch64\n"
        "  %(prog)s --format cyclonedx -o sbom.json",
    )
    export.add_argument(
        "-f", "--format", required=True, choices=EXPORT_FORMATS, metavar="FORMAT", help=", ".join(EXPORT_FORMATS)
    )
    export.add_argument("-o", "--output", metavar="FILE", help="the file to write (default: print it)")
    export.add_argument(
        "-p", "--platform", metavar="PLATFORM", help="the platform (default: this machine's; pixi-lock: all)"
    )
    project_options(export, environment_default=None, otherwise="default; pixi-lock: all")
    lock_options(export)


def add_pack(commands: Commands) -> None:
    """``env pack``."""
    pack = add_command(
        commands,
        "pack",
        "write an environment into one file for machines without a network",
        "Write the installed environment into an archive, with conda packages, PyPI packages and everything that was\n"
        "built. Machines of the same platform can unpack it anywhere, without a network and without Interlock.\n"
        "An environment that is not up to date is installed first.\n\n" + LOCK_HELP,
        "%(prog)s -o train.tar.gz\n"
        "  mkdir train && tar -xzf train.tar.gz -C train && . train/bin/activate && conda-unpack",
    )
    pack.add_argument("-o", "--output", metavar="FILE", help="the archive: .tar.gz, .tar.zst, .tar.bz2, .tar or .zip")
    pack.add_argument(
        "--without-editable", action="store_true", help="leave out editable packages, which are only links"
    )
    project_options(pack)
    readiness_options(pack)
