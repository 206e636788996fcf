"""The command line as it is declared."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import interlock
import interlock_hooks
from interlock import __version__
from interlock.cli import edits, inspecting, ready
from interlock.cli.options import Described
from interlock.cli.parser import make_parser


def leaves(parser: argparse.ArgumentParser, *path: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its parser."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(path), parser
    for group in groups:
        for name, below in group.choices.items():
            yield from leaves(below, *path, name)


# Without `site`, whose files in site-packages may import anything, these are found by a variable.
SOURCES = {
    "PYTHONPATH": ":".join(str(Path(module.__file__ or "").parents[1]) for module in (interlock, interlock_hooks))
}
COMMANDS = dict(leaves(make_parser("interlock")))
# What a command needs before it can be parsed.
ARGUMENTS = {
    "audit": ["WHEEL"],
    "wheels publish": ["PLACE"],
    "channel build": ["DIR"],
    "cache show": ["NAME"],
    "env exec": ["--json", "--", "python"],
    "env export": ["--format=pylock"],
    "env import": ["FILE"],
    "env map": ["NAME"],
    "env remove": ["NAME"],
    "env run": ["--json", "--", "python"],
    "env why": ["PKG"],
    "schema": ["manifest"],
}


def module(command: str) -> str:
    return f"interlock.cli.commands.{command.replace(' ', '_').replace('-', '_')}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_module_that_runs_it(command: str) -> None:
    assert importlib.util.find_spec(module(command)) is not None


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_does_something(command: str) -> None:
    spec = importlib.util.find_spec(module(command))
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text()
    for helper, calls in (
        (ready, ("ready_project(args", "ready_variables(args")),
        (edits, ("run_edit(",)),
        (inspecting, ("inspect(args",)),
    ):
        if any(call in text for call in calls):
            text += Path(helper.__file__).read_text()
    elsewhere = {"help", "json", "verbose", "quiet", "offline"}
    if command == "env lock":
        elsewhere.add("environment")  # it locks them all, and takes the option as all its siblings do
    options = {action.dest for action in COMMANDS[command]._actions} - elsewhere
    assert [name for name in sorted(options) if f"args.{name}" not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_answer_in_json(command: str) -> None:
    arguments = ARGUMENTS.get(command, [])
    args = make_parser("interlock").parse_args(
        [*command.split(), *([] if "--json" in arguments else ["--json"]), *arguments]
    )
    assert " ".join(word for word in (args.group, args.command) if word) == command
    assert args.json is True
    assert (args.verbose, args.quiet) == (0, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        make_parser("interlock").parse_args([*command.split(), "--help"])
    text = capsys.readouterr().out
    assert end.value.code == 0
    _, _, examples = text.partition("examples:\n")
    assert f"interlock {command}" in examples
    assert len(text.partition("\n\n")[2].split("\n\n")[0]) > 20, "a description comes after the usage"


@pytest.mark.parametrize("command", [name for name in COMMANDS if name.startswith("env ") and name != "env exec"])
def test_options_of_projects_are_the_same_everywhere(command: str) -> None:
    words = [*command.split(), *(word for word in ARGUMENTS.get(command, []) if word.isupper() or "=" in word)]
    args = make_parser("interlock").parse_args([*words, "-e", "gpu", "--manifest-path", "there"])
    assert args.environment == (["gpu"] if command == "env update" else "gpu")
    assert args.manifest_path == "there"
    # Where no name means all, or the one that an edit counts for.
    default = make_parser("interlock").parse_args(words).environment
    without = (
        "env add",
        "env import",
        "env clean",
        "env diff",
        "env export",
        "env outdated",
        "env remove",
        "env update",
        "env upgrade",
    )
    assert default == (None if command in without else "default")


@pytest.mark.parametrize("command", ["env install", "env run", "env shell", "env shell-hook"])
def test_locked_and_frozen_exclude_one_another(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        make_parser("interlock").parse_args([*command.split(), "--locked", "--frozen"])
    assert end.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["env"], ["env", "instal"], ["env", "install", "--lock"], ["cache", "show"]])
def test_a_wrong_command_line_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        make_parser("interlock").parse_args(arguments)
    assert end.value.code == 2
    assert "usage: interlock" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["install"], "there is no command 'install': did you mean `interlock env install`?"),
        (["instal"], "did you mean `interlock env install`?"),
        (["list"], "`interlock env list` or `interlock plugins list` or `interlock cache list`?"),
        (["cahce"], "did you mean `interlock cache`?"),
        (
            ["env", "instal"],
            "interlock env: error: there is no command 'instal': did you mean `interlock env ",
        ),
        (["cache", "zzz"], "there is no command 'zzz': the commands are list, show, prune, verify"),
        (["env", "install", "--lockd"], "install: error: unrecognized arguments: --lockd (did you mean --locked?)"),
        (["cache", "prune", "--zzz"], "interlock cache prune: error: unrecognized arguments: --zzz"),
    ],
)
def test_a_mistyped_command_line_is_told_what_it_may_mean(
    arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser("interlock", arguments).parse_args(arguments)
    assert advice in capsys.readouterr().err


def test_pixi_is_told_commands_by_the_names_that_they_have_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser("pixi env", only_env=True).parse_args(["instal"])
    assert "did you mean `pixi env install`?" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "command"), [([], "cache"), (["env"], "shell-hook")])
def test_without_a_command_the_help_lists_them(
    arguments: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser("interlock", arguments).parse_args(arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert f"\n    {command}" in err
    assert "required" not in err


@pytest.mark.parametrize("command", COMMANDS)
def test_descriptions_are_as_wide_as_the_terminal(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    description = COMMANDS[command].format_help().partition("\n\n")[2].partition("\n\n")[0]
    assert max(len(line) for line in description.splitlines() if not line.startswith(" ")) <= 68


@pytest.mark.parametrize(
    ("arguments", "program"),
    [
        (["--", "python", "-c", "1"], ["--", "python", "-c", "1"]),
        (["python", "--version"], ["python", "--version"]),
        (["-e", "gpu", "nvcc", "-e", "--json"], ["nvcc", "-e", "--json"]),
        ([], []),
    ],
)
def test_everything_after_the_program_belongs_to_it(arguments: list[str], program: list[str]) -> None:
    args = make_parser("interlock").parse_args(["env", "run", *arguments])
    assert args.program == program
    assert args.json is False


def test_as_a_pixi_extension_the_env_group_is_all() -> None:
    parser = make_parser("pixi env", only_env=True)
    args = parser.parse_args(["install", "--frozen"])
    assert (args.group, args.command, args.frozen) == ("env", "install", True)
    assert {f"env {name}" for name, _ in leaves(parser)} == {name for name in COMMANDS if name.startswith("env ")}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_alone_is_declared_as_among_all(command: str) -> None:
    words = command.split()
    alone = dict(leaves(make_parser("interlock", words)))
    assert list(alone) == [command]
    assert alone[command].format_help() == COMMANDS[command].format_help()
    assert make_parser("interlock", words).format_usage() == make_parser("interlock").format_usage()


@pytest.mark.parametrize("words", [[], ["--version"], ["--", "env", "install"], ["nonsense", "install"]])
def test_without_a_command_all_are_declared(words: list[str]) -> None:
    assert dict(leaves(make_parser("interlock", words))).keys() == COMMANDS.keys()


def test_in_a_group_without_a_command_all_of_it_are_declared() -> None:
    assert [name for name, _ in leaves(make_parser("interlock", ["cache", "--help"]))] == [
        name for name in COMMANDS if name.startswith("cache ")
    ]


def test_a_command_of_pixi_alone_is_declared_as_among_all() -> None:
    alone = dict(leaves(make_parser("pixi env", ["install"], only_env=True)))
    among = dict(leaves(make_parser("pixi env", only_env=True)))
    assert list(alone) == ["install"]
    assert alone["install"].format_help() == among["install"].format_help()


@pytest.mark.parametrize("columns", ["60", "200", "0", "wide", None])
def test_help_is_as_wide_as_argparse_has_it(columns: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    parser = COMMANDS["env install"]
    shown = parser.format_help()
    monkeypatch.setattr(parser, "formatter_class", Described)
    assert shown == parser.format_help()


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        make_parser("interlock").parse_args(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"interlock {__version__}\n"


def test_the_parser_costs_little_to_import() -> None:
    """The no-op install parses its arguments and must not pay for more than it needs."""
    code = """
import sys
from interlock.cli.main import make_parser
make_parser("interlock", ["env", "install"]).parse_args(["env", "install", "--locked"])
heavy = ("rich", "rattler", "pluggy", "packaging", "interlock_hooks", "typing", "shutil", "hashlib", "dataclasses")
print([name for name in heavy if name in sys.modules])
print([name for name in sys.modules if name.startswith("interlock.cli.parsers.")])
"""
    done = subprocess.run([sys.executable, "-S", "-c", code], env=SOURCES, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n['interlock.cli.parsers.locking']\n"
