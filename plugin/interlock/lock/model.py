"""The content of a lock: one locked environment for each name and platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.lock.answer import answer_digest

if TYPE_CHECKING:
    from interlock_hooks.types import Index, LockedEnvironment

LOCK_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPlatform:
    """What is locked for one platform, and the digest of the request that it was locked for.

    ``answer`` is the :func:`answer_digest` of what was solved; locks of earlier versions have none.
    """

    digest: str
    environment: LockedEnvironment
    answer: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it has the packages that were solved, and no others."""
        return self.answer is None or self.answer == answer_digest(self.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentEntry:
    """One environment: where its PyPI packages came from, and its platforms (sorted).

    Raises :class:`ValueError` for a platform that occurs twice or for a platform of another environment.
    """

    name: str
    indexes: tuple[Index, ...] = ()
    find_links: tuple[str, ...] = ()
    platforms: tuple[LockedPlatform, ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.platforms, key=lambda entry: entry.environment.platform))
        _require_unique([entry.environment.platform for entry in ordered], "platform")
        if any(entry.environment.name != self.name for entry in ordered):
            raise ValueError(f"not every platform of {self.name!r} belongs to that environment")
        object.__setattr__(self, "platforms", ordered)

    def get(self, platform: str) -> LockedPlatform | None:
        """What is locked for a platform, or ``None``."""
        return next((entry for entry in self.platforms if entry.environment.platform == platform), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The content of ``interlock.lock``: environments, sorted by name.

    ``version`` is that of the file format. Raises :class:`ValueError` for a name that occurs twice.
    """

    version: int = LOCK_VERSION
    environments: tuple[EnvironmentEntry, ...] = ()

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.environments, key=lambda entry: entry.name))
        _require_unique([entry.name for entry in ordered], "environment")
        object.__setattr__(self, "environments", ordered)

    @property
    def answers(self) -> tuple[LockedEnvironment, ...]:
        """What is locked, for each environment and platform, in this order."""
        return tuple(each.environment for entry in self.environments for each in entry.platforms)

    def entry(self, name: str) -> EnvironmentEntry | None:
        """Everything that is locked for an environment, or ``None``."""
        return next((entry for entry in self.environments if entry.name == name), None)

    def get(self, name: str, platform: str) -> LockedEnvironment | None:
        """What is locked for an environment on a platform, or ``None``."""
        found = self._platform(name, platform)
        return None if found is None else found.environment

    def platforms(self, name: str) -> tuple[str, ...]:
        """The platforms that an environment is locked for."""
        entry = self.entry(name)
        return () if entry is None else tuple(each.environment.platform for each in entry.platforms)

    def is_current(self, name: str, platform: str, digest: str) -> bool:
        """Whether the environment is locked for the request with that digest, and whole."""
        found = self._platform(name, platform)
        return found is not None and found.digest == digest and found.is_whole

    def is_whole(self, name: str, platform: str) -> bool:
        """Whether an environment that is locked has the packages that were solved, and no others."""
        found = self._platform(name, platform)
        return found is not None and found.is_whole

    def with_environment(
        self,
        environment: LockedEnvironment,
        *,
        digest: str,
        indexes: tuple[Index, ...] = (),
        find_links: tuple[str, ...] = (),
    ) -> Lock:
        """A copy of the lock with this environment added; it replaces an older one with the same name and platform."""
        platform = LockedPlatform(digest=digest, environment=environment, answer=answer_digest(environment))
        old = self.entry(environment.name) or EnvironmentEntry(name=environment.name)
        others = tuple(entry for entry in old.platforms if entry.environment.platform != environment.platform)
        entry = EnvironmentEntry(
            name=environment.name, indexes=indexes, find_links=find_links, platforms=(*others, platform)
        )
        kept = tuple(each for each in self.environments if each.name != environment.name)
        return replace(self, environments=(*kept, entry))

    def keeping(self, names: frozenset[str]) -> Lock:
        """A lock without the environments that are not among ``names``."""
        return replace(self, environments=tuple(entry for entry in self.environments if entry.name in names))

    def _platform(self, name: str, platform: str) -> LockedPlatform | None:
        entry = self.entry(name)
        return None if entry is None else entry.get(platform)


def _require_unique(values: list[str], what: str) -> None:
    if len(values) != len(set(values)):
        raise ValueError(f"an {what} occurs twice" if what[0] in "aeiou" else f"a {what} occurs twice")
