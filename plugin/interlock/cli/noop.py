"""The no-op path of ``env install``: find the environment, see that nothing changed, and say so.

Neither the manifest is parsed nor an engine loaded: the state that the last install left says which files it read.
"""

from __future__ import annotations

import os

from interlock import __version__
from interlock.core.names import EDITS, ENVIRONMENT_YML
from interlock.install.fresh import fresh_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from interlock.cli.output import Output

_MANIFESTS = ("pixi.toml", "pyproject.toml", *ENVIRONMENT_YML)


def answer_noop(args: argparse.Namespace, output: Output) -> bool:
    """Report that the environment is up to date, if it is; says whether it did."""
    # A repair looks at every file.
    state = None if args.repair else up_to_date(args)
    if state is None:
        return False
    if output.json:
        from interlock.cli.json.install import unchanged_document

        output.document(unchanged_document(state["report"]))
    output.line(f"environment {state['environment']} is up to date")
    return True


def up_to_date(args: argparse.Namespace) -> dict[str, Any] | None:
    """The state of the environment that ``args`` name if it is what its inputs ask for, otherwise ``None``."""
    manifest = _manifest(args.manifest_path)
    if manifest is None:
        return None
    own = os.path.join(os.path.dirname(manifest), args.folder)
    if os.path.exists(os.path.join(own, EDITS)):
        return None
    prefix = os.path.join(own, "envs", args.environment)
    # Not every command has these options.
    frozen, wanted = getattr(args, "frozen", False), getattr(args, "platform", None)
    state = fresh_state(prefix, version=__version__, files=(manifest,), frozen=frozen)
    return None if state is not None and wanted not in (None, state.get("chosen")) else state


def _manifest(given: str | None) -> str | None:
    """The manifest if it is plain which one is meant; a wrong guess only costs the short way."""
    start = os.path.abspath(given or os.getcwd())
    if os.path.isfile(start):
        return start
    folder = start
    while True:
        for name in _MANIFESTS:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                return path
        parent = os.path.dirname(folder)
        if given is not None or parent == folder:
            return None
        folder = parent
