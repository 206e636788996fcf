"""Checking environments and wheels, and removing environments."""

from __future__ import annotations

from interlock.cli.options import add_command, prefix_option, project_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_doctor(commands: Commands) -> None:
    """``env doctor``."""
    doctor = add_command(
        commands,
        "doctor",
        "check an existing environment",
        "Audit all compiled code in an environment, and compare it with the records of conda, pip and uv: find\n"
        "missing files, distributions that are installed twice, and unmet requirements. The exit code is 4 if there\n"
        "are errors.",
        "%(prog)s\n  %(prog)s --prefix ~/envs/train --json",
    )
    prefix_option(doctor)
    project_options(doctor)


def add_clean(commands: Commands) -> None:
    """``env clean``."""
    clean = add_command(
        commands,
        "clean",
        "remove installed environments",
        "Remove all installed environments of this project, with the logs and the packages that were built from its\n"
        "recipes, or one environment. The lock and the caches stay.",
        "%(prog)s\n  %(prog)s -e default",
    )
    project_options(clean, environment_default=None)


def add_audit(commands: Commands) -> None:
    """``audit``."""
    audit = add_command(
        commands,
        "audit",
        "check whether wheels fit an environment",
        "Check the compiled code of a wheel against an environment before installing it: symbols of its libraries and\n"
        "of Python, versions of the C and C++ libraries, and the promises of the wheel's tags. The exit code is 4 if\n"
        "the wheel does not fit.",
        "%(prog)s flash_attn-2.8.3-cp312-cp312-linux_x86_64.whl\n  %(prog)s dist/*.whl --prefix ~/envs/train",
    )
    audit.add_argument("wheel", metavar="WHEEL", nargs="+", help="a wheel file")
    prefix_option(audit)
    project_options(audit)
    audit.set_defaults(command=None)
