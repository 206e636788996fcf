"""Lists of packages that other tools read, as dependencies for a manifest."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from interlock.core.channels import DEFAULT_CHANNEL
from interlock.core.platforms import current_platform
from interlock.core.urls import local_path, shown
from interlock.manifest import load
from interlock.manifest.document import read_text
from interlock.manifest.editing.dependency import combined, read_spec
from interlock.manifest.editing.findings import not_imported, unknown_list
from interlock.manifest.model import DEFAULT
from interlock.manifest.yaml_document import YamlDocument
from interlock_hooks.types import InterlockError, PyPIOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.manifest.editing.dependency import Dependency
    from interlock_hooks.types import EnvironmentRequest, Finding, Requirement

ListFormat = Literal["conda-env", "pypi-txt"]
# Told by their addresses.
_PLACES = ("indexes", "find_links")
_YAML = (".yml", ".yaml")
# As they are in the file: options of pip are read, and relative paths are of its directory.
_WRAPPED = "dependencies: [{{pip: ['-r {name}']}}]\nchannels: [nodefaults]\n"


@dataclass(frozen=True, slots=True)
class PackageList:
    """The dependencies that a file lists, and what else it says that these do not.

    ``request`` is what the file would ask for as a manifest. ``channels`` are those of conda that it names,
    ``portable_channels`` the ones among them that any other file can name as well, and ``selects`` says that it lists
    other packages for other platforms.
    """

    path: Path
    dependencies: tuple[Dependency, ...]
    request: EnvironmentRequest
    channels: tuple[str, ...] = ()
    portable_channels: tuple[str, ...] = ()
    selects: bool = False

    def left_out(self, project: EnvironmentRequest) -> Iterator[Finding]:
        """What is not taken over into a project that asks for ``project``."""
        asked = self.request
        if others := [channel for channel in self.channels if channel not in project.channels]:
            yield not_imported(self.path, f"the channels {', '.join(map(shown, others))}", "add them to `channels`")
        indexes = [each.url for each in asked.pypi.indexes if each.url not in {i.url for i in project.pypi.indexes}]
        places = [*indexes, *(link for link in asked.pypi.find_links if link not in project.pypi.find_links)]
        if places:
            what = f"where packages are: {', '.join(map(shown, places))}"
            yield not_imported(
                self.path, what, "declare them as options of uv ([[tool.uv.index]]) or pixi (pypi-options)"
            )
        if asked.constraints:
            limits = ", ".join(asked.constraints)
            yield not_imported(self.path, f"the constraints {limits}", "write them as `constraint-dependencies`")
        if any(each.hashes for each in asked.requirements):
            yield not_imported(self.path, "the hashes of its requirements", "the lock has hashes of all packages")
        if settings := list(_settings(asked.pypi, project.pypi)):
            yield not_imported(self.path, f"the settings {', '.join(settings)}", "write them as options of uv or pixi")
        if self.selects:
            what = f"what it lists for other platforms than {asked.platform}"
            yield not_imported(self.path, what, "add these with --platform")
        if variables := [name for name, _ in asked.activation.preset]:
            yield not_imported(self.path, f"the variables {', '.join(variables)}", "write them as `activation.env`")


def read_list(path: Path, format_name: ListFormat | None, root: Path) -> PackageList:
    """What a file lists for this machine's platform, or the first one that it is for.

    Raises :class:`InterlockError`: IL145 for a file of another kind, otherwise as reading it as a manifest does.
    """
    chosen = format_name or _format_of(path)
    if not path.is_file():
        raise InterlockError(unknown_list(path, "there is no such file", "correct the path"))
    path = path.absolute()
    as_conda = path if path.suffix in _YAML else path.with_name("environment.yml")
    text = read_text(path) if chosen == "conda-env" else _WRAPPED.format(name=path.name.replace("'", "''"))
    workspace = load(as_conda, text=text)
    supported = workspace.supported_platforms(DEFAULT)
    here = current_platform()
    request = workspace.request(DEFAULT, here if here in supported else supported[0])
    # For a list of pip's, `pip` is added that the file does not name.
    conda = [_known(read_spec(spec.spec).conda, spec.spec, path) for spec in request.conda_specs if spec.where]
    pypi = [_placed(_known(read_spec(each.text).pypi, each.text, path), each, root) for each in request.requirements]
    try:
        dependencies = combined((*conda, *pypi))
    except ValueError as error:
        why = f"it lists {error} several times, which one entry cannot say"
        raise InterlockError(unknown_list(path, why, "list it once")) from None
    if chosen == "pypi-txt":
        return PackageList(path, dependencies, request)
    differ = any(workspace.request(DEFAULT, each).conda_specs != request.conda_specs for each in supported)
    named = YamlDocument(path, text).data.get("channels") or ()
    # Interlock's own is added to what a file names. Paths, variables and conda's `defaults` are not what is written.
    channels = tuple(each for each in request.channels if each in named or each != DEFAULT_CHANNEL)
    portable = tuple(each for each in channels if each in named)
    return PackageList(path, dependencies, request, channels, portable, differ or "sel(" in text)


def _settings(said: PyPIOptions, project: PyPIOptions) -> Iterator[str]:
    """The names of settings of PyPI that a file makes and a project does not."""
    for each in fields(PyPIOptions):
        value = getattr(said, each.name)
        if each.name not in _PLACES and value not in (getattr(PyPIOptions(), each.name), getattr(project, each.name)):
            yield each.name.replace("_", "-")


def _format_of(path: Path) -> ListFormat:
    if path.suffix in _YAML:
        return "conda-env"
    if path.suffix in (".txt", ".in"):
        return "pypi-txt"
    raise InterlockError(
        unknown_list(path, "its name does not say what it is", "add `--format conda-env` or `--format pypi-txt`")
    )


def _known(dependency: Dependency | None, text: str, path: Path) -> Dependency:
    """A dependency as it was read, or IL145: nothing is left out without a word."""
    if dependency is None:
        raise InterlockError(
            unknown_list(path, f"it lists {text}, which `env add` cannot write", "import it without this line")
        )
    return dependency


def _placed(dependency: Dependency, requirement: Requirement, root: Path) -> Dependency:
    """A dependency whose path, if it has one, is relative to the manifest."""
    place = str(dependency.source.get("path", ""))
    if not place:
        return dependency
    relative = Path(os.path.relpath(local_path(f"file://{place}"), root)).as_posix()
    source: dict[str, str | bool] = {"path": relative if relative.startswith(".") else f"./{relative}"}
    return replace(dependency, source=source | ({"editable": True} if requirement.editable else {}))
