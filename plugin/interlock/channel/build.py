"""`build_channel`: the embedded conda channel, for machines that have a Python index but no conda channel."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.channel import findings
from interlock.channel.cuda import Plan, build_packages
from interlock.channel.packages import SUBDIR, ChannelDirectory, PackageId
from interlock.channel.python import PackagedPython, build_python, build_python_abi
from interlock.channel.release import check_minor, find_release
from interlock.channel.toolkit import Toolkit
from interlock.channel.wheels import WheelCache
from interlock.core.counting import counted
from interlock.core.paths import cache_dir
from interlock.core.platforms import current_platform
from interlock_hooks.types import Event, Finding, FindingReported, StageFinished, StageProgress, StageStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What a run of `build_channel` did. Packages are named as their files, relative to `directory`."""

    directory: Path
    built: tuple[str, ...]
    skipped: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def url(self) -> str:
        """The channel as it is written in a manifest."""
        return self.directory.as_uri()


@dataclass
class _Run:
    """The state of one run: what to tell the listener, and what the report will say."""

    channel: ChannelDirectory
    report: Callable[[Event], None]
    total: int = 0
    built: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    def progress(self, item: str) -> None:
        self.report(StageProgress(stage="channel", done=len(self.built), total=self.total, item=item))

    def done(self, package: PackageId) -> None:
        self.built.append(package.path)
        self.progress(str(package))

    def warn(self, finding: Finding) -> None:
        self.warnings.append(finding)
        self.report(FindingReported(finding=finding))

    def skip(self, package: PackageId) -> None:
        self.skipped.append(package.path)


def build_channel(
    directory: Path,
    *,
    python: bool,
    cuda: Sequence[str],
    interpreter: Path | None = None,
    only: Sequence[str] = (),
    full: bool = False,
    report: Callable[[Event], None] = lambda _: None,
) -> ChannelReport:
    """Make or complete a conda channel in `directory`; packages that it already has are not built again.

    `python`: a python package made from `interpreter` (default: the one below the running one). `cuda`: minor
    versions of the toolkit ("13.0"), repackaged from NVIDIA's wheels. `only` names CUDA packages, to build just these
    and what they depend on (["cuda-nvcc"] spares the download of the mathematical libraries). `full` includes the
    libraries themselves, not only their headers.

    Everything is built aside and moved into place; the index is written last, so a run that is interrupted leaves the
    channel as it was plus some packages that the next run finds.

    Raises InterlockError with findings IL701 to IL713.
    """
    if current_platform() != SUBDIR:
        raise findings.platform_unsupported(current_platform())
    started = time.monotonic()
    minors = list(dict.fromkeys(map(check_minor, cuda)))
    toolkit = Toolkit.load(full=full).closure(only)
    source = PackagedPython.of(interpreter or Path(sys.executable)) if python else None
    run = _Run(ChannelDirectory(directory.expanduser().absolute()), report)
    report(StageStarted(stage="channel", detail=str(run.channel.root)))
    with run.channel.opened():
        run.channel.index()  # so that a failure below leaves a channel, if an empty one
        if source is not None:
            _add_python(run, source)
        if minors:
            _add_cuda(run, minors, toolkit, full=full)
        report(StageProgress(stage="channel", done=0, item="the index of the channel"))
        run.channel.index()
    seconds = time.monotonic() - started
    detail = f"{counted(len(run.built), 'package')} built, {len(run.skipped)} already there"
    report(StageFinished(stage="channel", detail=detail, seconds=seconds))
    return ChannelReport(run.channel.root, tuple(run.built), tuple(run.skipped), tuple(run.warnings), seconds)


def _add_python(run: _Run, source: PackagedPython) -> None:
    for warning in source.warnings():
        run.warn(warning)
    for package, build in ((source.package, build_python), (source.abi_package, build_python_abi)):
        if run.channel.has(package):
            run.skip(package)
        else:
            run.total += 1
            run.progress(f"{package} from {source.executable}")
            build(source, run.channel)
            run.done(package)


def _add_cuda(run: _Run, minors: Sequence[str], toolkit: Toolkit, *, full: bool) -> None:
    cache = WheelCache(cache_dir() / "channel", progress=lambda what: run.progress(f"downloading {what}"))
    plans = [Plan(toolkit, find_release(minor, lambda n, v: cache.get({n: v})[n]), full) for minor in minors]
    missing = [plan.missing(run.channel) for plan in plans]
    run.total += sum(map(len, missing))
    for plan, specs in zip(plans, missing, strict=True):
        for spec in plan.toolkit.packages.values():
            if spec not in specs:
                run.skip(plan.package(spec))
        build_packages(plan, specs, run.channel, cache, run.done)
