"""Checking environments and wheels, and removing environments."""

from __future__ import annotations

from interlock.cli.options import add_command, offline_option, prefix_option, project_options

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
        "check wheels against an environment, or the lock for known vulnerabilities or attestations",
        "Check the compiled code of a wheel against an environment before installing it: symbols of its libraries and\n"
        "of Python, versions of the C and C++ libraries, and the promises of the wheel's tags. With --advisories,\n"
        "look up the packages that the lock has from PyPI in the OSV database instead. With --attestations, ask their\n"
        "indexes who has signed them (PEP 740), and verify that. The exit code is 4 if a wheel does not fit, a\n"
        "package has a known vulnerability, or an attestation does not hold.",
        "%(prog)s flash_attn-2.8.3-cp312-cp312-linux_x86_64.whl\n  %(prog)s dist/*.whl --prefix ~/envs/train\n"
        "  %(prog)s --advisories\n  %(prog)s --advisories --database advisories.zip\n  %(prog)s --attestations",
    )
    what = audit.add_mutually_exclusive_group(required=True)
    what.add_argument("wheel", metavar="WHEEL", nargs="*", default=(), help="a wheel file")
    what.add_argument("--advisories", action="store_true", help="check what is locked for known vulnerabilities")
    what.add_argument("--attestations", action="store_true", help="verify attestations of what is locked, if there are")
    audit.add_argument(
        "--database",
        metavar="PLACE",
        help="with --advisories: a copy of the database (a zip archive or a directory), or the address of a server",
    )
    prefix_option(audit)
    project_options(audit)
    offline_option(audit)
    audit.set_defaults(command=None)
