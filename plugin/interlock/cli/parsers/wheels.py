"""Building wheels for many versions at once, and wheels for others."""

from __future__ import annotations

from interlock.cli.options import LOCK_HELP, add_command, offline_option, project_options, readiness_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_build(commands: Commands) -> None:
    """``wheels build``."""
    build = add_command(
        commands,
        "build",
        "build the wheels of an environment for every combination of versions",
        "Solve an environment for every combination of a matrix of versions, and build what it has from source into\n"
        "the wheel store, where installs find it. What the store has is not built again: stop it at any time, and run\n"
        "it again. Project, lock and environments stay as they are.",
        "%(prog)s --matrix python=3.11,3.12 torch=2.6,2.7 cuda=12.8 --dry-run\n"
        "  %(prog)s flash-attn -e train --matrix torch=2.6,2.7",
    )
    build.add_argument("name", metavar="NAME", nargs="*", help="only these packages (default: all that are built)")
    build.add_argument(
        "--matrix",
        metavar="AXIS=V,V",
        nargs="+",
        action="extend",
        default=[],
        help="versions of python, cuda or any package of the environment",
    )
    build.add_argument("--dry-run", action="store_true", help="show what would be built, build nothing")
    project_options(build)
    offline_option(build)


def add_publish(commands: Commands) -> None:
    """``wheels publish``."""
    publish = add_command(
        commands,
        "publish",
        "publish the wheels that were built for an environment",
        "Add the wheels that were built for an environment to an index of static files, which uv, pip and the key\n"
        "`prebuilt` read. The version of each says which torch and CUDA it was built against. Files that the index\n"
        "has already stay. With --conda, they become conda packages in a channel, whose build strings say the same.\n"
        "An environment that is not up to date is installed first.\n\n" + LOCK_HELP,
        "%(prog)s /srv/wheels\n  %(prog)s s3://our-bucket/wheels flash-attn -e train\n  %(prog)s --conda /srv/channel",
    )
    publish.add_argument("place", metavar="PLACE", help="a directory, or a URL that fsspec knows")
    publish.add_argument("--conda", action="store_true", help="publish conda packages; PLACE is a conda channel")
    publish.add_argument("name", metavar="NAME", nargs="*", help="only these packages (default: all)")
    project_options(publish)
    readiness_options(publish)
