"""Activating an environment; an install records how, so that nothing has to be read to do it again.

The record holds until something changes, see :mod:`interlock.install.fresh`. Little is imported: this is what `env run`
does first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interlock.engines.rattler.activation import activated_environment
from interlock.engines.shells.changes import deactivated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import TypeGuard

    from interlock_hooks.types import ActivationOptions

_PAIRS = ("first", "env")


def activation_record(options: ActivationOptions, root: Path) -> dict[str, Any]:
    """What the manifest adds to the activation of a prefix, as JSON; ``root`` is the project's directory."""
    return {
        "first": [list(pair) for pair in (*options.project, *options.preset)],
        "scripts": [str(root / script) for script in options.scripts],
        "env": [list(pair) for pair in options.env],
    }


def activated(prefix: Path, record: Mapping[str, Any], base: Mapping[str, str]) -> dict[str, str]:
    """The variables ``base`` with a prefix activated, in place of an environment that is active in a shell.

    ``record`` is that of :func:`activation_record`. Raises as :func:`activated_environment`.
    """
    first, env = (tuple((name, value) for name, value in record[key]) for key in _PAIRS)
    return activated_environment(prefix, deactivated(base), first=first, scripts=record["scripts"], env=env)


def is_activation_record(data: object) -> TypeGuard[dict[str, Any]]:
    """Whether data from a file is such a record: it may be damaged, or from an older release."""
    if not isinstance(data, dict):
        return False
    pairs = [data.get(key) for key in _PAIRS]
    return _are_texts(data.get("scripts")) and all(
        isinstance(each, list) and all(_are_texts(pair) and len(pair) == 2 for pair in each) for each in pairs
    )


def _are_texts(data: object) -> bool:
    return isinstance(data, list) and all(isinstance(each, str) for each in data)
