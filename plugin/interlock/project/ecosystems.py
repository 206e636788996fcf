"""Which of conda and PyPI a package is added from, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.manifest.editing.findings import unreadable_spec
from interlock.project.lock_file import read_lock
from interlock.solve.names import conda_names, default_names, manifest_names
from interlock.solve.request import make_conda_request
from interlock_hooks.types import CondaSpec, InterlockError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from interlock.lock.model import Lock
    from interlock.manifest.editing.dependency import Dependency, Spec
    from interlock.manifest.editing.manifest_text import ManifestText
    from interlock.project.opening import Project
    from interlock_hooks.types import CondaRecord, EnvironmentRequest, LockedEnvironment


@dataclass(frozen=True, slots=True)
class Choice:
    """What is added, from which ecosystem, and why from there; ``why`` is empty where nobody has to be told."""

    dependency: Dependency
    why: str = ""


@dataclass(frozen=True, slots=True)
class Chooser:
    """Decides for packages that are added to one project; ``request`` is what an environment of it asks for now.

    The rules, in this order: what only one ecosystem can mean comes from there; what the manifest lists already, or
    the lock has, stays where it is; what the channels have comes from conda, unless it needs a package that PyPI
    supplies here; everything else comes from PyPI.
    """

    project: Project
    manifest: ManifestText
    lock: Lock | None
    request: EnvironmentRequest

    @classmethod
    def of(cls, project: Project, manifest: ManifestText, request: EnvironmentRequest) -> Chooser:
        """For a project with the lock that it has now."""
        return cls(project, manifest, read_lock(project), request)

    def choose(self, spec: Spec, *, pypi: bool) -> Choice:
        """Decide; ``pypi`` asks for PyPI.

        Raises :class:`InterlockError` as reading channels does, and IL131 for a spec that PyPI cannot read.
        """
        if spec.pypi is None:
            if pypi:
                raise InterlockError(unreadable_spec(spec.text, spec.why, "write it like 'numpy>=2', or omit --pypi"))
            return self._conda(spec, "" if spec.conda is None else "only conda reads it that way")
        if pypi:
            return Choice(spec.pypi)
        if spec.conda is None:
            return Choice(spec.pypi, "conda packages have no extras, markers and sources")
        if not self.manifest.dialect.has_conda:
            return Choice(spec.pypi, f"{self.manifest.path.name} has no tables for conda packages")
        return self._listed(spec) or self._locked(spec) or self._offered(spec)

    def _conda(self, spec: Spec, why: str, name: str | None = None) -> Choice:
        if spec.conda is None:
            raise ValueError(spec.text)
        return Choice(replace(spec.conda, name=name or spec.conda.name), why)

    def _pypi(self, spec: Spec, why: str) -> Choice:
        if spec.pypi is None:
            raise ValueError(spec.text)
        return Choice(spec.pypi, why)

    def _listed(self, spec: Spec) -> Choice | None:
        suppliers = conda_names(canonicalize_name(spec.name), self.request)
        why = "{} lists it there already"
        for entry in self.manifest.entries:
            if entry.ecosystem == "conda" and entry.name in suppliers:
                return self._conda(spec, why.format(self.manifest.path.name), entry.name)
        for entry in self.manifest.entries:
            if entry.ecosystem == "pypi" and entry.name == spec.name:
                return self._pypi(spec, why.format((entry.file or self.manifest.path).name))
        return None

    def _locked(self, spec: Spec) -> Choice | None:
        for locked in self._environments():
            if locked.resolution.get(spec.name):
                return self._pypi(spec, "the lock has it from there, for another package")
            provided = locked.resolution.get_provided(spec.name)
            names = {record.name for record in locked.conda.records}
            name = provided.record if provided else spec.name
            if name in names:
                return self._conda(spec, "the lock has it from there, for another package", name)
        return None

    def _offered(self, spec: Spec) -> Choice:
        record = self._newest(spec)
        if record is None:
            return self._pypi(spec, f"the channels have no package {spec.name}")
        channel = _short(record.channel)
        if (bound := self._bound_to_pypi(record)) and self._is_same(record, spec):
            needed, supplied = bound
            shown = needed if needed == supplied else f"{needed} ({supplied} on PyPI)"
            return self._pypi(spec, f"the package in {channel} needs {shown}, which PyPI supplies here")
        return self._conda(spec, f"the channel {channel} has it", record.name)

    def _newest(self, spec: Spec) -> CondaRecord | None:
        from interlock.engines.rattler.candidates import query

        request = self.request
        channels = make_conda_request(request, self.project.plugins.conda_request(request), ()).channels
        own = spec.conda.name if spec.conda else spec.name
        names = list(dict.fromkeys((own, *conda_names(canonicalize_name(spec.name), request))))
        found = query(channels, request.platform, names, channel_priority=request.channel_priority)
        return next((record for name in names for record in found if record.name == name), None)

    def _bound_to_pypi(self, record: CondaRecord) -> tuple[str, str] | None:
        """A dependency of a conda package that PyPI supplies, and the name that it has there."""
        supplied = {conda: str(name) for name in self._from_pypi() for conda in conda_names(name, self.request)}
        needed = (CondaSpec(spec=text).name for text in record.depends)
        return next(((name, supplied[name]) for name in needed if name in supplied), None)

    def _is_same(self, record: CondaRecord, spec: Spec) -> bool:
        """Whether a conda package is PyPI's package of that name, as far as is known without its files."""
        names = manifest_names(record, self.request) or default_names(record, self.request)
        return names is None or spec.name in names.names

    def _from_pypi(self) -> Sequence[NormalizedName]:
        locked = [package.name for each in self._environments() for package in each.resolution.packages]
        listed = [canonicalize_name(each.name) for each in self.manifest.entries if each.ecosystem == "pypi"]
        provided = {entry.name for each in self._environments() for entry in each.resolution.provided}
        return [name for name in dict.fromkeys((*locked, *listed)) if name not in provided or name in locked]

    def _environments(self) -> tuple[LockedEnvironment, ...]:
        return self.lock.answers if self.lock else ()


def _short(channel: str) -> str:
    return channel.rstrip("/").rpartition("/")[2] or channel
