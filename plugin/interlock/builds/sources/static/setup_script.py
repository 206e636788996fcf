"""What the ``setup()`` call of a setup.py declares, with markers for what depends on the environment."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from interlock.builds.sources.static.declared import Declared, Extras
from interlock.builds.sources.static.facts import Fact, Known, NotProvable
from interlock.builds.sources.static.requirement_texts import NotARequirementError, read_requirements, with_marker
from interlock.builds.sources.static.setup_py.following import follow_script
from interlock.builds.sources.static.setup_py.values import Unknown
from interlock.builds.sources.static.setup_py.worlds import NoMarkerError, World, marker_for

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.builds.sources.static.setup_py.following import Follow, Followed, Script
    from interlock.builds.sources.static.setup_py.machine import SetupCall

T = TypeVar("T")
# What asks for build requirements in the middle of a setup.py.
_FETCHES = frozenset(["fetch_build_eggs", "fetch_build_egg"])
# Requirements by the key of their extra; those of the project itself have none.
Requirements = Mapping[str, tuple[str, ...]]


def read_setup_py(tree: Path, follow: Follow = follow_script) -> Declared | NotProvable:
    """What the ``setup.py`` of a tree declares, as ``follow`` shows it; nothing if there is none."""
    if not (tree / "setup.py").exists():
        return Declared()
    script = follow(tree)
    reason = script.obstacle or script.distrust
    if reason is not None:
        return NotProvable(reason)
    followed = script.found
    install = _all(followed, "install_requires", _texts)
    extras = _all(followed, "extras_require", _texts_of_extras)
    return Declared(
        name=_one(followed, "name", _text),
        version=_version(followed),
        requires_python=_one(followed, "python_requires", _text),
        install=_project(_with_markers(install, "install_requires")),
        extras=_with_markers(extras, "extras_require"),
        plugins=_plugins(followed),
        partial=frozenset(
            field
            for field, held in (("install", install), ("extras", extras))
            if isinstance(held, Known) and _is_partial(held)
        ),
    )


@dataclass(frozen=True, slots=True)
class SetupRequires:
    """What ``setup_requires`` is in a setup.py; ``partial`` if it is not there in every environment."""

    requirements: Known[tuple[str, ...]]
    partial: bool


def read_setup_requires(script: Script) -> SetupRequires | NotProvable | None:
    """What a setup.py asks for with ``setup_requires``; ``None`` if it does not.

    Setuptools takes them before anything else, so that its commands cannot change them.
    """
    if script.obstacle is not None:
        return NotProvable(script.obstacle)
    nodes = (node for module in script.followed for node in ast.walk(module))
    if any(isinstance(node, ast.Attribute) and node.attr in _FETCHES for node in nodes):
        return NotProvable("setup.py fetches build requirements itself")
    held = _all(script.found, "setup_requires", _texts)
    if not isinstance(held, Known):
        return held
    found = _project(_with_markers(held, "setup_requires"))
    return SetupRequires(found, _is_partial(held)) if isinstance(found, Known) else found


# One call


def _argument(call: SetupCall, key: str, read: Callable[[Any], T]) -> Fact[T] | None:
    """An argument of one call; ``None`` if it is not given, or empty, which is the same to setuptools."""
    if key not in call.arguments:
        return (
            None
            if call.spread is None
            else NotProvable(f"the arguments of setup() are not known: {call.spread.reason}")
        )
    value = call.arguments[key]
    line = call.lines.get(key, "setup.py")
    if isinstance(value, Unknown):
        among = [_read(each, key, line, read) for each in value.among] if value.complete and not value.absent else []
        if among and all(fact == among[0] for fact in among):
            return among[0]
        return NotProvable(f"{key} in {line} is only known when it runs: {value.reason}")
    return _read(value, key, line, read)


def _read(value: Any, key: str, line: str, read: Callable[[Any], T]) -> Fact[T] | None:
    if isinstance(value, Unknown):
        return NotProvable(f"{key} in {line} is only known when it runs: {value.reason}")
    if not value:
        return None
    try:
        return Known(read(value), line)
    except NotARequirementError as error:
        return NotProvable(f"{key} in {line}: {error}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotARequirementError(f"{value!r} is not a text")
    return value


def _texts(value: Any) -> Requirements:
    return {"": read_requirements(value)}


def _texts_of_extras(value: Any) -> Requirements:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise NotARequirementError("it is not a dictionary of extras")
    return {key: read_requirements(texts or []) for key, texts in value.items()}


# All calls in all worlds


def _in_world(each: Followed, key: str, read: Callable[[Any], T]) -> Fact[T] | None:
    facts = [_argument(call, key, read) for call in each.calls]
    return _agreed(facts, f"setup() is called with one {key} or another")


def _one(followed: Sequence[Followed], key: str, read: Callable[[Any], T]) -> Fact[T] | None:
    """An argument that is the same everywhere."""
    return _agreed([_in_world(each, key, read) for each in followed], f"{key} depends on the environment")


def _agreed(facts: Sequence[Fact[T] | None], otherwise: str) -> Fact[T] | None:
    """What all facts say alike; nothing is proved where one of them is not, or says something else."""
    for fact in facts:
        if isinstance(fact, NotProvable):
            return fact
    values = {None if fact is None else str(fact.value) for fact in facts if not isinstance(fact, NotProvable)}
    return facts[0] if len(values) == 1 else NotProvable(otherwise)


def _all(
    followed: Sequence[Followed], key: str, read: Callable[[Any], Requirements]
) -> Fact[list[tuple[World, Requirements]]] | None:
    """An argument in each world; ``None`` if it is given in none."""
    found: list[tuple[World, Requirements]] = []
    source = ""
    for each in followed:
        fact = _in_world(each, key, read)
        if isinstance(fact, NotProvable):
            return fact
        found.append((each.world, {} if fact is None else fact.value))
        source = source or ("" if fact is None else fact.source)
    return Known(found, source) if any(requirements for _, requirements in found) else None


def _is_partial(held: Known[list[tuple[World, Requirements]]]) -> bool:
    return not all(requirements for _, requirements in held.value)


def _merged(held: list[tuple[World, Requirements]], key: str) -> tuple[str, ...]:
    texts = dict.fromkeys(text for _, requirements in held for text in requirements.get(key, ()))
    found = []
    for text in texts:
        present = [world for world, requirements in held if text in requirements.get(key, ())]
        absent = [world for world, requirements in held if text not in requirements.get(key, ())]
        found.append(with_marker(text, marker_for(present, absent)))
    return tuple(found)


def _with_markers(held: Fact[list[tuple[World, Requirements]]] | None, argument: str) -> Fact[Extras] | None:
    """The requirements that an argument has in the worlds, with markers for those that only some of them have."""
    if held is None or isinstance(held, NotProvable):
        return held
    keys = dict.fromkeys(key for _, requirements in held.value for key in requirements)
    try:
        return Known({key: _merged(held.value, key) for key in keys}, held.source)
    except NoMarkerError as error:
        return NotProvable(f"{argument} in {held.source}: {error}")


def _project(found: Fact[Extras] | None) -> Fact[tuple[str, ...]] | None:
    """The requirements of the project itself, from an argument that has no extras."""
    return Known(found.value[""], found.source) if isinstance(found, Known) else found


def _version(followed: Sequence[Followed]) -> Fact[str] | None:
    if any("use_scm_version" in call.arguments for each in followed for call in each.calls):
        return NotProvable("setup.py takes the version from version control")
    return _one(followed, "version", _text)


def _plugins(followed: Sequence[Followed]) -> Fact[tuple[str, ...]] | None:
    """What ``setup_requires`` may name, in any call."""
    names: dict[str, None] = {}
    for each in followed:
        for call in each.calls:
            value = call.arguments.get("setup_requires", call.spread)
            for one in value.among if isinstance(value, Unknown) and value.complete else (value,):
                fact = None if one is None else _read(one, "setup_requires", "setup.py", read_requirements)
                if isinstance(fact, NotProvable):
                    return fact
                names.update(dict.fromkeys(() if fact is None else fact.value))
    return Known(tuple(names), "setup.py") if names else None
