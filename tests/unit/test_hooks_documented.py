"""Every hook is documented with examples that run, and has a test."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from interlock.plugins.guard import hook_specs
from interlock.plugins.manager import Plugins
from interlock_hooks import specs, testing
from kit.hooks import EXERCISES

HOOKS = list(hook_specs())
PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What stands in for the reader's own things in examples.
STAND_INS = {
    "farm": SimpleNamespace(packages=()),
    "metrics": SimpleNamespace(send=lambda *args: None),
}


def sections() -> Mapping[str, str]:
    """The sections of the page that are about a hook, by its name."""
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)
    return {title: text for title, text in zip(parts[1::2], parts[2::2], strict=True) if title.startswith("interlock_")}


def docstring_example(hook: str) -> str:
    _, found, example = (getattr(specs, hook).__doc__ or "").partition("Example::\n")
    assert found, f"the docstring of {hook} has no example"
    return textwrap.dedent(example)


def plugin_of(example: str, hook: str) -> object:
    """Run the example and return what in it is the plugin: the module, or an instance of a class."""
    module = ModuleType("example")
    vars(module).update(STAND_INS)
    exec(compile(example, f"example of {hook}", "exec"), vars(module))
    classes = [value for value in vars(module).values() if isinstance(value, type) and hasattr(value, hook)]
    return classes[0]() if classes else module


def ask(example: str, hook: str, root: Path) -> list[str]:
    """Ask the example's plugin in earnest and return the hooks that it implements."""
    plugins = Plugins()
    plugins.register_builtin("example", plugin_of(example, hook))
    # Behind the example, so that hooks which need an answer have one where the example declines.
    answer: Any = EXERCISES[hook].answer(root)
    behind = ModuleType("behind")
    setattr(behind, hook, specs.hookimpl(trylast=True)(lambda: answer))
    plugins.register_builtin("behind", behind)
    EXERCISES[hook].ask(plugins, root)
    return [name for info in plugins.infos() if info.name == "example" for name in info.hooks]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_the_docstring_runs(hook: str, tmp_path: Path) -> None:
    assert ask(docstring_example(hook), hook, tmp_path) == [hook]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_has_a_section_with_an_example_that_runs(hook: str, tmp_path: Path) -> None:
    section = sections()[hook]
    for part in ("**When:**", "**Arguments:**", "**Result:**"):
        assert part in section
    (example,) = BLOCK.findall(section)
    assert ask(example, hook, tmp_path) == [hook]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_table_of_the_page_tells_arguments_and_use(hook: str) -> None:
    (row,) = re.findall(rf"^\| \[`{hook}`\]\(#{hook}\) \| (.*) \|$", PAGE, flags=re.MULTILINE)
    arguments, _, used = row.split(" | ")
    assert re.findall(r"`(\w+)`", arguments) == list(getattr(specs, hook).__annotations__)[:-1]
    assert used == ("first" if hook_specs()[hook].first else "all")


def test_the_page_knows_no_hooks_that_do_not_exist() -> None:
    assert list(sections()) == HOOKS
    fixtures = {name for name in testing.__all__ if name.startswith("interlock_")}
    assert set(re.findall(r"\binterlock_[a-z_]+", PAGE)) - set(HOOKS) == {"interlock_hooks", *fixtures}


def test_examples_outside_of_sections_compile() -> None:
    examples = BLOCK.findall(PAGE)
    assert len(examples) > len(HOOKS)
    for example in examples:
        compile(example, "docs/hooks.md", "exec")


def test_every_hook_has_a_test() -> None:
    """Tests of plugins are parametrised by hook; what they do with it is in this table."""
    assert list(EXERCISES) == HOOKS
