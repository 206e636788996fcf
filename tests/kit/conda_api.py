"""Stands in for the part of conda's plugin API that Interlock's plugin uses, where there is no conda to import.

Names, fields and what conda does with them are those of conda 26.7; ``tests/scenarios/test_conda_host.py`` uses the
real one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import ModuleType, SimpleNamespace
from typing import Any

import pluggy


class CondaError(Exception):
    """An error that conda shows, and whose code it ends with."""

    return_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class EnvironmentFormat(Enum):
    """What a file is."""

    lockfile = "lockfile"
    environment = "environment"


@dataclass(kw_only=True)
class Environment:
    """An environment as conda knows it."""

    platform: str
    name: str | None = None
    prefix: str | None = None
    external_packages: dict[str, list[str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


class Registered(SimpleNamespace):
    """What a hook yields: a name, and what belongs to it."""


class EnvironmentSpecBase:
    """A file that conda makes an environment from."""

    env: Any

    def env_for(self, platform: str) -> Any:
        """What conda asks for."""
        return self.env


class Action:
    """A part of a transaction."""

    def __init__(self, context: object, prefix: str, removed: object, added: object, *others: object) -> None:
        self.target_prefix = prefix


class PrimitiveParameter:
    """The type of a setting."""

    def __init__(self, default: object, element_type: type) -> None:
        self.default = default


def make_context() -> Any:
    """conda's settings, with those of the plugin at their defaults."""
    plugins = SimpleNamespace(interlock_environment="default", interlock_guard=True)
    return SimpleNamespace(
        plugins=plugins,
        subdir="linux-64",
        target_prefix="",
        quiet=True,
        json=False,
        verbosity=0,
        dry_run=False,
        offline=False,
    )


@contextmanager
def stand_in() -> Iterator[Any]:
    """Make ``conda`` importable for the block, which gets conda's settings; Interlock's plugin is imported anew."""
    context = make_context()
    kinds = (
        *("EnvironmentExporter", "EnvironmentSpecifier", "HealthCheck", "PostSolve", "PreTransactionAction"),
        *("Setting", "Subcommand"),
    )
    types = {f"Conda{kind}": type(f"Conda{kind}", (Registered,), {}) for kind in kinds}
    content: dict[str, dict[str, object]] = {
        "conda": {"CondaError": CondaError},
        "conda.base": {},
        "conda.base.constants": {"OK_MARK": "ok", "X_MARK": "x"},
        "conda.base.context": {"context": context},
        "conda.common": {},
        "conda.common.configuration": {"PrimitiveParameter": PrimitiveParameter},
        "conda.core": {},
        "conda.core.path_actions": {"Action": Action},
        "conda.models": {},
        "conda.models.environment": {"Environment": Environment},
        "conda.plugins": {"hookimpl": pluggy.HookimplMarker("conda")},
        "conda.plugins.types": {
            **types,
            "EnvironmentFormat": EnvironmentFormat,
            "EnvironmentSpecBase": EnvironmentSpecBase,
        },
    }
    before = dict(sys.modules)
    try:
        for name, members in content.items():
            module = ModuleType(name)
            module.__dict__.update(members)
            sys.modules[name] = module
        yield context
    finally:
        for name in [name for name in sys.modules if name.startswith(("conda.", "interlock.hosts.conda"))]:
            sys.modules.pop(name)
        sys.modules.pop("conda", None)
        sys.modules.update({name: module for name, module in before.items() if name not in sys.modules})
