"""Members of a request as lines of a manifest, and the same with another range."""

from __future__ import annotations

import re

from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet

from interlock.explain.members import Member, ranged
from interlock.explain.spans import clauses
from interlock_hooks.types import CondaSpec

_VERSION = re.compile(r"version='(?P<range>[^']*)'")
_TABLE = re.compile(r"(?P<above>(?!project\.)(?:.+\.)?)(?:pypi-)?dependencies\.")
# pixi's keys of virtual packages.
SYSTEM_KEYS = {"__glibc": "libc", "__osx": "macos"}


def line(member: Member, text: str | None) -> str:
    """How the manifest says this; empty for what it does not say."""
    if text is None:
        return ""
    if _is_listed(member):
        return f"- {text}"
    if member.kind == "requires-python" and member.where is not None and member.where.key is None:
        return text  # all that a `.python-version` has
    if member.kind in ("conda", "conda-constraint"):
        return f'{CondaSpec(spec=text).name} = "{conda_range(text) or "*"}"'
    if member.kind == "requirement" and _is_table(member) and Pep508(text).url is None:
        return f'{Pep508(text).name} = "{clauses(Pep508(text).specifier) or "*"}"'
    if member.kind == "system":
        return f'{SYSTEM_KEYS.get(member.name, member.name.strip("_"))} = "{text}"'
    if member.kind in ("no-build", "no-binary"):
        return f"{_key(member)} = {text}"
    if member.kind in ("requires-python", "channel-priority", "exclude-newer"):
        return f'{_key(member)} = "{text}"'
    return f'"{text}"'


def _is_listed(member: Member) -> bool:
    """Whether it stands in the list of dependencies of an ``environment.yml``."""
    return member.where is not None and (member.where.key or "").startswith("dependencies[")


def with_range(member: Member, new: str) -> str:
    """The text of a conda spec or requirement with another range."""
    text = member.text or ""
    if member.kind == "requires-python":
        return new
    if member.kind not in ("conda", "conda-constraint"):
        return ranged(text, new)
    if _VERSION.search(text):
        return _VERSION.sub(f"version='{new}'", text)
    return f"{text.partition(' ')[0]} {new}"


def range_of(member: Member) -> str:
    """The range that a member states; empty if it states none, or is not about a package."""
    text = member.text or ""
    if member.kind == "requires-python":
        return text
    if member.kind in ("conda", "conda-constraint"):
        return conda_range(text)
    if not member.name or member.kind == "system":
        return ""
    parsed = Pep508(text)
    return "" if parsed.url else clauses(parsed.specifier)


def conda_range(spec: str) -> str:
    """The version range of a match spec."""
    if found := _VERSION.search(spec):
        return found["range"]
    return "" if "[" in spec else spec.partition(" ")[2]


def pypi_range(conda: str) -> str | None:
    """A conda range as PEP 440 writes it; ``None`` for what only conda can say."""
    if re.fullmatch(r"\d[\d.]*\.\*", conda):
        conda = f"=={conda}"
    try:
        return clauses(SpecifierSet(conda))
    except ValueError:
        return None


def table(member: Member, name: str) -> str:
    """The header of a table of pixi's (``pypi-dependencies``) beside the one in which a member stands."""
    key = (member.where.key if member.where is not None else None) or "tool.pixi.dependencies"
    found = _TABLE.match(key)
    return f"[{found['above'] if found else 'tool.pixi.'}{name}]"


def exempted(limit: Member, exempt: Member) -> str:
    """The line that exempts a package from a time limit, where the manifest has such lines."""
    key = (limit.where.key if limit.where is not None else None) or ""
    if exempt.text == "PyPI" and key.startswith("tool.uv."):
        return f"[tool.uv] exclude-newer-package = {{ {exempt.name} = false }}"
    table = f"{'tool.pixi.' if key.startswith('tool.') else ''}{'pypi-' if exempt.text == 'PyPI' else ''}exclude-newer"
    return f'[{table}] {exempt.name} = "0d"'


def _key(member: Member) -> str:
    """The key under which a setting stands: some have different ones for all packages and for single ones."""
    written = (member.where.key if member.where is not None else None) or member.kind
    last = written.rpartition(".")[2]
    return last if member.kind in last else member.kind


def _is_table(member: Member) -> bool:
    key = member.where.key if member.where is not None else None
    return key is not None and "pypi-dependencies" in key
