"""The audit of one wheel against an environment that does not have it yet."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from interlock.audit.bundled import second_copies
from interlock.audit.elf import is_elf
from interlock.audit.findings.code import not_a_wheel
from interlock.audit.fit import check_fit
from interlock.audit.loads import is_extension
from interlock.audit.owners import Owners
from interlock.audit.report import Reporter, Subject
from interlock.audit.tags import is_for, is_for_every_platform, needed_glibc, promised_glibc, unstable_symbols
from interlock.audit.unpack import unpack_libraries
from interlock.audit.versions import release
from interlock.audit.world import Module, World
from interlock.core.paths import cache_dir
from interlock.core.scratch import working_directory
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from packaging.tags import Tag

    from interlock.audit.lacking import Fit
    from interlock_hooks.types import Finding

_ANOTHER = "use a wheel that was built for the installed packages, or build it from source on this machine"


def audit_wheel(
    path: Path, world: World, *, declared_glibc: str | None = None, remedy: str = _ANOTHER, matching: str = ""
) -> list[Finding]:
    """The findings about a wheel file, errors and warnings.

    ``declared_glibc`` is the oldest that the environment is to run with; ``remedy`` and ``matching`` tell how to get a
    wheel that fits, as in :class:`~interlock.audit.report.Subject`.
    Raises :class:`InterlockError` (IL571) for a file that is not a wheel.
    """
    if not path.is_file():
        raise InterlockError(not_a_wheel(path, f"there is no file {path}"))
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
        subject, owners = Subject(f"{name} {version}", remedy, matching), Owners(world)
        if not is_for(tags, world.interpreter):
            # Nothing else that could be said of it would help.
            return [Reporter(subject, owners).other_interpreter(tags, world.interpreter)]
        with working_directory(cache_dir() / "audits", name) as folder:
            site = world.interpreter.site_packages
            overlay = unpack_libraries(path, folder, site_packages=site, prefix=world.prefix)
            laid = world.with_overlay(overlay)
            modules = [Module(place, elf) for place in overlay if (elf := laid.read(place)) is not None]
            known = {module.place for module in modules}
            damaged = [place for place, file in overlay.items() if place not in known and is_elf(file)]
            found = audit_modules(modules, laid, subject, owners, tags=tags, declared_glibc=declared_glibc)
            return [*found, *([Reporter(subject, owners).damaged(damaged)] if damaged else [])]
    except (InvalidWheelFilename, zipfile.BadZipFile, OSError) as error:
        raise InterlockError(not_a_wheel(path, str(error) or type(error).__name__)) from error


def audit_modules(
    modules: Sequence[Module],
    world: World,
    subject: Subject,
    owners: Owners,
    *,
    tags: Collection[Tag],
    declared_glibc: str | None,
    on_module: Callable[[Module], None] = lambda _: None,
) -> list[Finding]:
    """The findings about the modules of one distribution, which has ``tags``."""
    if not modules:
        return []
    fit = check_fit(modules, world, on_module)
    reporter = Reporter(subject, owners)
    copies = second_copies(fit.checked, world)
    return [
        *reporter.fit(fit),
        *_platform(fit, reporter, tags, declared_glibc),
        *_interface(fit, reporter, tags, world),
        *([reporter.second_copies(copies)] if copies else []),
    ]


def _platform(fit: Fit, reporter: Reporter, tags: Collection[Tag], declared: str | None) -> list[Finding]:
    needed = needed_glibc(fit.checked)
    if needed is None:
        return []
    number, module = needed
    found = []
    if declared is not None and number > release(declared):
        found.append(reporter.older_platform(module, number, declared))
    promised = promised_glibc(tags)
    if promised is not None and number > promised:
        found.append(reporter.broken_promise(module, number, promised))
    return found


def _interface(fit: Fit, reporter: Reporter, tags: Collection[Tag], world: World) -> list[Finding]:
    extensions = [module for module in (*fit.checked, *fit.skipped) if is_extension(module)]
    found = []
    if extensions and is_for_every_platform(tags):
        found.append(reporter.not_for_every_platform(extensions))
    minor = int(world.interpreter.version.split(".")[1])
    for module in extensions:
        if module in fit.checked:
            unstable = unstable_symbols(module, tags, minor, _pythons_alone(module, world))
            found += [reporter.unstable(unstable)] if unstable else []
    return found


def _pythons_alone(module: Module, world: World) -> Callable[[str], bool]:
    """Whether a symbol comes from the interpreter and from nothing else that is loaded with a module."""

    def is_pythons(name: str) -> bool:
        beside = (each for each in world.scope(module).modules if each not in world.base.modules)
        return not any(name in each.elf.defined for each in beside) and any(
            name in each.elf.defined for each in world.base.modules
        )

    return is_pythons
