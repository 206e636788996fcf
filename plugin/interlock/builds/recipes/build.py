"""One source with a recipe becomes packages in the project's own channel."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.recipes import findings
from interlock.builds.recipes.copying import copy_source, top_of
from interlock.builds.recipes.errors import NotHereError
from interlock.builds.recipes.running import run_recipe
from interlock.builds.recipes.unreached import require_reachable
from interlock.builds.run.failure import find_cause
from interlock.builds.run.log import BuildLog
from interlock.core.channels import channels_of
from interlock.core.platforms import current_platform
from interlock.core.recipes import folder_of, with_digest
from interlock.core.scratch import build_directory
from interlock.engines.confinement import network_obstacle
from interlock.engines.process import ProcessTimeout
from interlock_hooks.types import CodeStarted, InterlockError

if TYPE_CHECKING:
    from interlock.builds.recipes.channel import OwnChannel
    from interlock_hooks.types import CondaSource, EnvironmentRequest, Event, Finding, Location

# Between these lines of a log are those that the recipe's script printed.
_TRACED = "+ "  # `set -x`
_AFTERWARDS = "Script failed with status"
# What may be wrong with a recipe, as the worker calls it.
_REFUSALS = {
    "recipe": findings.wrong_recipe,
    "git": findings.local_repository,
    "path": findings.absolute_path,
    "moving": findings.moving_source,
}


@dataclass(frozen=True, slots=True)
class BuiltChannel:
    """The packages of one source: a channel with nothing else in it. ``fresh`` says that they were built just now.

    ``source`` has its digest.
    """

    source: CondaSource
    folder: Path
    fresh: bool

    @property
    def url(self) -> str:
        """The channel for a solver."""
        return self.folder.as_uri()

    @property
    def names(self) -> list[str]:
        """The names of its packages."""
        return sorted({path.name.rsplit("-", 2)[0] for path in self.folder.glob("*/*.conda")})


@dataclass(frozen=True)
class RecipeBuilder:
    """Builds what ``request`` takes from sources; its channels have what the builds need."""

    request: EnvironmentRequest
    own: OwnChannel
    logs: Path
    emit: Callable[[Event], None]

    def built(self, source: CondaSource, where: Location | None = None) -> BuiltChannel:
        """The packages of a source as it is now, built if they are not there yet.

        Raises :class:`InterlockError`: IL490 without py-rattler-build, IL491 and IL431 when the build fails, IL492 for
        the recipe, IL422 if the network cannot be denied, IL650 if it is off and needed; and
        :class:`NotHereError` (IL493) if the package is one of this machine's platform and another one is asked for.
        """
        known = with_digest(source)
        folder = self.own.folder(known, channels_of(self.request), self._choice)
        try:
            fresh = self.own.provide(folder, lambda target: self._build(known, where, target))
        except OSError as error:
            raise InterlockError(findings.not_possible(source, where, str(error))) from error
        if self._elsewhere and any((folder / current_platform()).glob("*.conda")):
            raise NotHereError(self._other_platform(source, where, "its packages are not `noarch`"))
        return BuiltChannel(known, folder, fresh)

    @property
    def _choice(self) -> tuple[str, ...]:
        """What decides, with the channels, which packages a build gets; a limit counts as it is written."""
        variants = self.request.recipe_variants
        more = (json.dumps([variants.values, variants.files]),) if variants else ()
        return self.request.channel_priority, self.request.conda_exclude_newer or "", *more

    @property
    def _elsewhere(self) -> bool:
        return self.request.platform != current_platform()

    def _build(self, source: CondaSource, where: Location | None, target: Path) -> None:
        if importlib.util.find_spec("rattler_build") is None:
            raise InterlockError(findings.tool_missing(source, where))
        require_reachable(source, channels_of(self.request))
        if self.request.build.network == "deny" and (obstacle := network_obstacle()):
            raise InterlockError(findings.cannot_deny_network(source, where, obstacle))
        name = folder_of(source).name
        with BuildLog(self.logs, name, self.emit) as log, build_directory(name) as work:
            recipe = copy_source(source, work / "source")
            _require_same(source, recipe)
            self.emit(CodeStarted(kind="recipe", name=name, source=source.url, entry=source.recipe))
            try:
                failure = run_recipe(recipe, self.request, work, log.write)
            except ProcessTimeout as error:
                raise InterlockError(findings.timed_out(source, where, self.request.build.timeout, log.path)) from error
            if failure:
                raise self._error(failure, source, where, log, work / "source")
            # rattler-build has indexed both, each of which may be empty.
            for subdir in ("noarch", current_platform()):
                shutil.copytree(work / "output" / subdir, target / subdir)

    def _error(
        self, failure: dict[str, str], source: CondaSource, where: Location | None, log: BuildLog, copy: Path
    ) -> InterlockError:
        # As one knows the files, not as they lay for the build.
        there = str(top_of(source))
        kind, text = failure["kind"], failure["text"].replace(str(copy), there)
        if kind == "platform" and not self._elsewhere:
            return InterlockError(findings.skipped(source, where, current_platform()))
        if kind == "platform":
            return NotHereError(self._other_platform(source, where, text))
        if kind in _REFUSALS:
            return InterlockError(_REFUSALS[kind](source, where, text))
        lines = [line.rstrip("\n").replace(str(copy), there) for line in log.lines()]
        cause = find_cause(_of_script(lines))
        return InterlockError(
            findings.failed(source, where, why=cause.summary or text, fix=cause.hint, excerpt=cause.lines, log=log.path)
        )

    def _other_platform(self, source: CondaSource, where: Location | None, why: str) -> Finding:
        return findings.other_platform(source, where, self.request.target, current_platform(), why)


def _require_same(source: CondaSource, recipe: Path) -> None:
    """Raise :class:`InterlockError` (IL494) if a source has changed between its digest and its copy."""
    folder = os.path.normpath(str(recipe).removesuffix(source.recipe))
    copied = with_digest(replace(source, url=Path(folder).as_uri()))
    if copied.digest != source.digest:
        raise InterlockError(findings.changing(source))


def _of_script(lines: list[str]) -> list[str]:
    """The part of a log that the recipe's script printed; all of it if none of it can be told apart."""
    end = next((number for number, line in enumerate(lines) if line.startswith(_AFTERWARDS)), len(lines))
    begun = next((number for number, line in enumerate(lines[:end]) if line.startswith(_TRACED)), 0)
    return lines[begun:end]
