"""The conda channel that is made on this machine."""

from __future__ import annotations

from interlock.cli.options import add_command, offline_option, output_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_build(commands: Commands) -> None:
    """``channel build``."""
    build = add_command(
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
    output_options(build)
    offline_option(build)
