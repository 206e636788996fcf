"""The messages to a worker and back.

They are pickled, like everything that Dask sends, so worker and client run the same version of Interlock. Their
Pythons may differ; paths, whose pickled form differs as well, are therefore sent as text.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PosixPath
from typing import TYPE_CHECKING, Any

from interlock.core.shapes import with_texts
from interlock.core.urls import without_credentials

if TYPE_CHECKING:
    from interlock_hooks.types import BuildPlan, BuiltWheel, Environment, InterlockError

# The oldest that every supported Python reads and writes.
_PROTOCOL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A build: ``probe`` is a file that a worker sees only if it shares the project's file system.

    ``wheels`` are those that were built before and that this build needs, by SHA-256.
    """

    identity: str
    plan: BuildPlan
    environment: Environment
    probe: Path
    wheels: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of it: a wheel with its entry in the worker's store, an error, or why it cannot be done there.

    ``log`` is the complete output, unless it lies where the client sees it.
    """

    wheel: BuiltWheel | None = None
    key: str = ""
    entry: str = ""
    error: InterlockError | None = None
    declined: str | None = None
    log: str | None = None
    worker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What tells whether a wheel that a worker builds will run on the client."""

    version: str
    platform: str
    libc: tuple[str, str]


def without_secrets(task: Task) -> Task:
    """The task as it may travel: a worker has credentials of its own, or is not meant to have any.

    That is also what the lock has of it.
    """
    public: Task = with_texts(task, without_credentials)
    return public


def dumps(value: object) -> bytes:
    """A task, reply, facts or events as bytes."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=_PROTOCOL)
    pickler.dispatch_table = {PosixPath: lambda path: (make_path, (str(path),))}
    pickler.dump(value)
    return buffer.getvalue()


def loads(data: bytes) -> Any:
    """The value that :func:`dumps` was given; only for bytes that come from the cluster, which runs our code anyway."""
    return pickle.loads(data)  # noqa: S301 - see above


def make_path(text: str) -> Path:
    """A path from its text."""
    return Path(text)
