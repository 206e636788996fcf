"""Progress that listeners can show: each event is one fact, sent when it happens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from interlock_hooks.types.build import BuildMode, BuiltWheel
from interlock_hooks.types.findings import Finding

# Whose code it is: of a source that is built, of a conda package's recipe, of activation scripts, or of a plugin.
CodeKind = Literal["backend", "recipe", "activation", "plugin"]
# What a build backend is asked for: what it needs, what the package is, or the wheel.
Step = Literal["requirements", "metadata", "wheel"]
Stage = Literal[
    "recipes",
    "conda-solve",
    "pypi-resolve",
    "explain",
    "metadata",
    "plan",
    "files",
    "conda-fetch",
    "conda-install",
    "downloads",
    "wheels",
    "builds",
    "channel",
    "audit",
    "pack",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage of the pipeline began; ``detail`` is a short phrase such as the environment and platform.

    Several stages can run at the same time, each for another ``target``: that of the events of one stage is the same.
    """

    stage: Stage
    detail: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """A stage advanced: ``done`` of ``total`` steps (``total`` of 0: unknown), now working on ``item``.

    Where both are 0, only the ``item`` is new: the package that an engine downloads or looks at.
    """

    stage: Stage
    done: int
    total: int = 0
    item: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished:
    """A stage ended well; ``detail`` is its result in a few words, ``seconds`` the time it took."""

    stage: Stage
    detail: str = ""
    seconds: float = 0.0
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStarted:
    """A build began; its complete output goes to ``log``.

    ``version`` is ``None`` where only the build backend knows it, and has not been asked yet. Where one package is
    built several times, ``target`` says what for: that of the events of one build is the same.
    """

    name: str
    version: str | None
    mode: BuildMode
    log: Path
    step: Step = "wheel"
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOutput:
    """A line that a running build printed."""

    name: str
    line: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFinished:
    """A build ended: ``wheel`` is what it made, ``None`` if it failed or no wheel was asked for.

    ``version`` is that of :class:`BuildStarted`; ``needs`` are the requirements that the build turned out to lack, when
    it starts again with them.
    """

    name: str
    version: str | None
    ok: bool
    seconds: float
    wheel: BuiltWheel | None = None
    needs: tuple[str, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStarted:
    """Code that is not Interlock's begins to run, on this machine or on one that builds for it.

    ``name`` is the package, plugin or script, ``version`` that of a package if it is known before its code runs, and
    ``step`` what a build backend is asked for. ``source`` is the address or path that the code comes from, without
    credentials, ``entry`` what is called of it: the backend, a script, an entry point. ``why`` says, as a clause, what
    makes it necessary; it is empty where the package is built to be installed.
    """

    kind: CodeKind
    name: str
    version: str | None = None
    step: Step | None = None
    source: str = ""
    entry: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReported:
    """A warning or note that does not stop the command."""

    finding: Finding


Event = (
    StageStarted
    | StageProgress
    | StageFinished
    | BuildStarted
    | BuildOutput
    | BuildFinished
    | CodeStarted
    | FindingReported
)
