"""Working in an environment."""

from __future__ import annotations

import argparse

from interlock.cli.options import (
    LOCK_HELP,
    add_command,
    offline_option,
    output_options,
    project_options,
    readiness_options,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from interlock.cli.options import Commands


def add_run(commands: Commands) -> None:
    """``env run``."""
    run = add_command(
        commands,
        "run",
        "run a program in the activated environment",
        "Run a program with the environment activated. An environment that is not up to date is installed first.\n"
        "The exit code is that of the program.\n\n" + LOCK_HELP,
        "%(prog)s -- python train.py\n  %(prog)s --no-install -- nvcc --version",
    )
    project_options(run)
    readiness_options(run)
    run.add_argument("program", metavar="CMD", nargs=argparse.REMAINDER, help="the program and its arguments, after --")


def add_shell(commands: Commands) -> None:
    """``env shell``."""
    shell = add_command(
        commands,
        "shell",
        "start a shell in the activated environment",
        "Start an interactive shell that reads your own files, such as ~/.bashrc, and then activates the environment.\n"
        "`exit` leaves it, and its exit code is that of the shell. An environment that is not up to date is installed\n"
        "first.\n\n" + LOCK_HELP,
        "%(prog)s\n  %(prog)s -e gpu --shell zsh",
    )
    project_options(shell)
    readiness_options(shell)
    _shell_options(shell, ("bash", "zsh", "fish"), "the shell to start")


def add_shell_hook(commands: Commands) -> None:
    """``env shell-hook``."""
    hook = add_command(
        commands,
        "shell-hook",
        "print a script that activates the environment in your shell",
        "Print a script that activates the environment in the shell that reads it. `interlock_deactivate` undoes it.\n"
        "With --json, print the variables instead. An environment that is not up to date is installed first.\n\n"
        + LOCK_HELP,
        'eval "$(%(prog)s)"\n  %(prog)s --shell fish | source\n  %(prog)s --json',
    )
    project_options(hook)
    readiness_options(hook)
    _shell_options(hook, ("bash", "zsh", "fish", "sh"), "the shell that will read the script")


def add_exec(commands: Commands) -> None:
    """``env exec``."""
    command = add_command(
        commands,
        "exec",
        "run a program in a throw-away environment",
        "Run a program in an environment of the given packages, which belongs to no project. Without -w and --pypi,\n"
        "that is the conda package with the name of the program. The environment is kept for the next time, until\n"
        "`interlock cache prune` removes it. The exit code is that of the program.",
        "%(prog)s cowpy hello\n  %(prog)s -w py-spy -- py-spy --version\n"
        "  %(prog)s -w python=3.12 --pypi httpie -- http --version",
    )
    command.add_argument(
        "-w",
        "--with",
        dest="specs",
        metavar="SPEC",
        action="append",
        default=[],
        help="a conda package, such as 'numpy>=2'",
    )
    command.add_argument("--pypi", metavar="REQ", action="append", default=[], help="a PyPI requirement")
    command.add_argument(
        "-c", "--channel", metavar="CHANNEL", action="append", default=[], help="a channel (default: conda-forge)"
    )
    command.add_argument("--index-url", metavar="URL", help="the index for PyPI requirements (default: PyPI)")
    command.add_argument(
        "--force-reinstall",
        action="store_true",
        help="solve again, for the newest packages, and update the environment",
    )
    output_options(command)
    offline_option(command)
    command.add_argument(
        "program", metavar="CMD", nargs=argparse.REMAINDER, help="the program and its arguments, after --"
    )
    # Those of a project, for which there is only one choice.
    command.set_defaults(environment="default", locked=False, frozen=False, no_install=False)


def add_completion(commands: Commands) -> None:
    """``completion``."""
    completion = add_command(
        commands,
        "completion",
        "print a script that completes commands in your shell",
        "Print a script with which bash, zsh or fish completes commands, options and names of environments. Let your\n"
        "shell read it when it starts, in ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish.",
        'eval "$(%(prog)s --shell bash)"\n  eval "$(%(prog)s --shell zsh)"\n  %(prog)s --shell fish | source',
    )
    completion.add_argument(
        "-s",
        "--shell",
        choices=("bash", "zsh", "fish"),
        help="the shell that will read the script (default: the one that runs this command, else $SHELL)",
    )
    output_options(completion)
    completion.set_defaults(command=None)


def _shell_options(parser: argparse.ArgumentParser, shells: tuple[str, ...], what: str) -> None:
    parser.add_argument(
        "-s", "--shell", choices=shells, help=f"{what} (default: the one that runs this command, else $SHELL)"
    )
    parser.add_argument("--no-prompt", action="store_true", help="do not show the environment in the prompt")
