"""Protects the files of a prefix: new files must not overwrite others, and removals must not take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.core.files import ignores_case, without_case
from interlock.core.site_metadata import Held, distributions_in_files
from interlock.engines.ownership import Claim, conda_claims, installed_claim
from interlock.engines.rattler.prefix_records import rewritten_files
from interlock.install.clashes import Clash, clash_findings, find_clashes
from interlock.install.expected import comparable, conda_expected, expected_claim
from interlock.install.shared import kept_files
from interlock.install.unfinished import finish_uv, remove_unowned
from interlock_hooks.types import InterlockError, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from packaging.utils import NormalizedName

    from interlock.engines.damage import Damage
    from interlock.engines.python.distributions import SiteDistribution
    from interlock.install.state import State
    from interlock_hooks.types import CondaRecord, Event, LockedEnvironment, PyPIPackage

__all__ = ["Claim", "Clash", "Guard", "Installed", "raise_errors", "replaced"]

Installed = dict["NormalizedName", "SiteDistribution"]


class Guard:
    """Watches over one prefix during one install, and reads only once what conda owns there and what a wheel brings.

    ``site_packages`` is relative to the prefix.
    """

    def __init__(self, prefix: Path, site_packages: str) -> None:
        self._prefix = prefix
        self._site = site_packages
        self._conda: list[Claim] | None = None
        self._known: dict[tuple[Path, int], Claim] = {}
        self._coming: dict[tuple[NormalizedName, Path | None], Claim] = {}

    def clear_up(self, state: State, locked: LockedEnvironment, *, root: Path) -> None:
        """Clear up what an interrupted install with this ``state`` left, before one of ``locked``."""
        finish_uv(self._prefix, self._site, state, locked, root=root)
        remove_unowned(self._prefix, state)

    def forget_conda(self) -> None:
        """Read again what conda owns, after something was linked."""
        self._conda = None

    def coming(self, packages: Sequence[PyPIPackage], files: Mapping[NormalizedName, Path]) -> list[Claim]:
        """What packages of the lock will own, as far as their wheels are among the ``files`` or anybody has seen them.

        A wheel that was looked into ahead of an install is not read again.
        """
        found = []
        for package in packages:
            key = (package.name, files.get(package.name))
            claim = self._coming.get(key) or expected_claim(package, files, self._site)
            if claim is not None:
                self._coming[key] = claim
                found.append(claim)
        return found

    def check_coming(
        self,
        coming: Sequence[Claim],
        others: Sequence[SiteDistribution],
        *,
        staying: Collection[str] | None = None,
        unlinked: Sequence[CondaRecord] = (),
    ) -> None:
        """Compare what is to come with what is there, and with each other, before it is installed.

        To come are the ``unlinked`` packages of conda, and then those that are ``coming``. The distributions ``others``
        stay, and so do the conda packages named in ``staying`` (``None``: all). Raises :class:`InterlockError` (IL612)
        when files clash.
        """
        conda = [claim for claim in self._owned_by_conda() if staying is None or claim.conda in staying]
        linked = conda_expected(unlinked, self._site)
        if coming or linked:
            here = self._comparable(others)
            covered = [clash for clash in self._find(here, linked) if clash.taken.conda is not None]
            found = [*self._find(coming, [*conda, *linked, *here]), *covered]
            raise_errors([clash for clash in found if not self._is_open(clash)])

    def in_the_way(self, coming: Sequence[Claim], replaced: Sequence[SiteDistribution]) -> list[NormalizedName]:
        """What is ``replaced`` after those ``coming`` are installed, and has files of theirs with other content."""
        if not replaced:
            return []
        here = self._comparable(replaced)
        clashes = self._find(coming, here)
        clashes = [clash for clash in clashes if clash.taken in here and not clash.harmless]
        return sorted({clash.taken.name for clash in clashes})

    def check_installed(self, newcomers: Sequence[SiteDistribution], others: Sequence[SiteDistribution]) -> list[Clash]:
        """The clashes of distributions that were just installed with conda packages, ``others`` and each other."""
        return self._find(self._claims(newcomers), [*self._owned_by_conda(), *self._claims(others)])

    def damage(
        self,
        found: Sequence[SiteDistribution],
        *,
        conda: Collection[str] | None = None,
        beside: Sequence[SiteDistribution] = (),
        emit: Callable[[Event], None],
    ) -> list[Damage]:
        """What is wrong with the files of distributions and of ``conda`` packages (``None``: of all).

        All other conda packages, and the distributions ``beside``, are only asked which files they share. See
        :func:`~interlock.engines.damage.find_damage`.
        """
        # Imported here: only a repair looks into files.
        from interlock.engines.damage import find_damage

        owned = self._owned_by_conda()
        mine = [installed_claim(each, self._prefix, metadata=True) for each in found]
        looked_at = [claim for claim in owned if conda is None or claim.conda in conda]
        return find_damage(self._prefix, [*looked_at, *mine], others=[*owned, *self._claims(beside)], emit=emit)

    def files_of(self, found: SiteDistribution) -> Collection[str]:
        """All that a distribution recorded, relative to the prefix."""
        return installed_claim(found, self._prefix, metadata=True).files

    def is_of_conda(self, found: SiteDistribution) -> bool:
        """Whether a conda package brought a distribution, whatever installer it names."""
        metadata = (found.info / "METADATA").relative_to(self._prefix).as_posix()
        return any(metadata in claim.files for claim in self._owned_by_conda())

    def held_by_conda(self) -> list[tuple[str, Held]]:
        """The Python distributions that conda packages hold, by the name of the package; none of those without any."""
        found = ((str(claim.conda), distributions_in_files(claim.files)) for claim in self._owned_by_conda())
        return [(conda, held) for conda, held in found if held]

    def keeping(
        self, leaving: Sequence[SiteDistribution], staying: Sequence[SiteDistribution]
    ) -> AbstractContextManager[list[Claim]]:
        """Keep the files of conda and of ``staying`` while ``leaving`` are removed; see :func:`kept_files`."""
        owners = [*self._claims(self._foreign(staying)), *self._owned_by_conda()]
        return kept_files(self._prefix, self._claims(leaving), owners)

    def keeping_from_conda(self, staying: Sequence[SiteDistribution]) -> AbstractContextManager[list[Claim]]:
        """Keep the files of ``staying`` while conda packages are unlinked; see :func:`kept_files`."""
        staying_claims = self._claims(self._foreign(staying))
        return kept_files(self._prefix, self._owned_by_conda(), staying_claims)

    def _find(self, newcomers: Sequence[Claim], owners: Sequence[Claim]) -> list[Clash]:
        same_file = without_case if ignores_case(self._prefix / "conda-meta") else str
        return find_clashes(newcomers, owners, site_packages=self._site, same_file=same_file)

    def _comparable(self, found: Sequence[SiteDistribution]) -> list[Claim]:
        """What is installed, so that it can be compared with what is to come."""
        return [comparable(self._claim(each), each) for each in found]

    def _is_open(self, clash: Clash) -> bool:
        """Whether only the install shows if two scripts differ, since both name the interpreter of the prefix."""
        if clash.taken.conda is None or not clash.path.startswith("bin/"):
            return False
        return clash.taken.files.get(clash.path) is None or clash.path in rewritten_files(self._prefix)

    def _claims(self, found: Sequence[SiteDistribution]) -> list[Claim]:
        return [self._claim(each) for each in found]

    def _claim(self, found: SiteDistribution) -> Claim:
        """What a distribution owns; of those that did not change, the list of files is read only once."""
        key = (found.info, found.recorded_at)
        if key not in self._known:
            self._known[key] = installed_claim(found, self._prefix)
        return self._known[key]

    def _foreign(self, found: Sequence[SiteDistribution]) -> list[SiteDistribution]:
        """The distributions that conda did not bring."""
        return [each for each in found if not self.is_of_conda(each)]

    def _owned_by_conda(self) -> list[Claim]:
        if self._conda is None:
            self._conda = conda_claims(self._prefix)
        return self._conda


def replaced(before: Installed, after: Installed, names: Collection[str]) -> list[NormalizedName]:
    """Distributions that an install of ``names`` removed or replaced though it should not have touched them."""
    return [name for name, each in before.items() if name not in names and after.get(name) != each]


def raise_errors(clashes: Sequence[Clash]) -> None:
    """Raise :class:`InterlockError` (IL612) if any of the clashes is serious."""
    errors = [finding for finding in clash_findings(clashes) if finding.severity is Severity.ERROR]
    if errors:
        raise InterlockError(*errors)
