"""Wheels, from the facts that matter to a resolver or an installer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from interlock_hooks.testing.files import Content, record_line, sha256_of, write_zip
from interlock_hooks.types import Artifact, PyPIPackage


def escaped(name: str) -> str:
    """A name as it stands in file names and imports: ``flash_attn``."""
    return canonicalize_name(name).replace("-", "_")


def core_metadata(
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    requires_python: str | None = None,
    metadata_version: str = "2.2",
    dynamic: Sequence[str] = (),
) -> str:
    """The text of METADATA or PKG-INFO."""
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
    lines += [f"Dynamic: {field}" for field in dynamic]
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    for extra, needed in (extras or {}).items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {with_extra(requirement, extra)}" for requirement in needed]
    return "\n".join(lines) + "\n"


def with_extra(requirement: str, extra: str) -> str:
    """A requirement that holds only when ``extra`` is asked for."""
    text, _, marker = requirement.partition(";")
    condition = f"extra == '{extra}'"
    return f"{text.strip()} ; {f'({marker.strip()}) and ' if marker else ''}{condition}"


def write_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] | None = None,
    requires_python: str | None = None,
    modules: Mapping[str, Content] | None = None,
    scripts: Mapping[str, str] | None = None,
    tag: str = "py3-none-any",
) -> Path:
    """Write a wheel that works and return its path.

    ``modules`` maps paths below site-packages to contents; without it there is one package, named like the
    distribution, with ``__version__``. ``scripts`` maps command names to entry points.
    """
    files: dict[str, Content] = dict(modules or {f"{escaped(name)}/__init__.py": f'__version__ = "{version}"\n'})
    info = f"{escaped(name)}-{version}.dist-info"
    files[f"{info}/METADATA"] = core_metadata(
        name, version, requires=requires, extras=extras, requires_python=requires_python
    )
    files[f"{info}/WHEEL"] = wheel_description(tag)
    if scripts:
        lines = [f"{command} = {target}" for command, target in scripts.items()]
        files[f"{info}/entry_points.txt"] = "\n".join(["[console_scripts]", *lines]) + "\n"
    return write_wheel_files(folder / f"{escaped(name)}-{version}-{tag}.whl", files, info)


def package_of(wheel: Path, url: str | None = None) -> PyPIPackage:
    """The package that a wheel installs, from where it lies or from a URL, with its hash."""
    name, version, *_ = wheel.name.split("-")
    artifact = Artifact(kind="wheel", url=url or wheel.as_uri(), filename=wheel.name, sha256=sha256_of(wheel))
    return PyPIPackage(name=canonicalize_name(name), version=version, artifact=artifact)


def wheel_description(tag: str) -> str:
    """The text of WHEEL; a tag with a platform is taken for a wheel with compiled code."""
    lines = ["Wheel-Version: 1.0", "Generator: kit", f"Root-Is-Purelib: {str(tag.endswith('-any')).lower()}"]
    return "\n".join([*lines, f"Tag: {tag}"]) + "\n"


def write_wheel_files(path: Path, files: Mapping[str, Content], info: str) -> Path:
    """Write a wheel of ``files``, with the RECORD that belongs to them."""
    lines = [record_line(file, content) for file, content in files.items()]
    record = f"{info}/RECORD"
    return write_zip(path, {**files, record: "\n".join([*lines, f"{record},,"]) + "\n"})
