"""PEP 440 version specifiers as conda version specs (CEP 29)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from packaging.specifiers import Specifier, SpecifierSet


def conda_version_spec(specifiers: SpecifierSet) -> str:
    """The conda spec that admits the same releases; ``*`` for an empty set.

    Pre-releases of an excluded upper bound stay excluded, as PEP 440 has it: ``<3.13`` becomes ``<3.13.0a0``, because
    to conda 3.13.0rc1 is less than 3.13.
    """
    parts: Iterable[str] = (_translate(specifier) for specifier in sorted(specifiers, key=str))
    return ",".join(dict.fromkeys(parts)) or "*"


def _translate(specifier: Specifier) -> str:
    operator, text = specifier.operator, specifier.version
    if operator == "===":
        return f"=={text}"
    if operator == "==":
        return text if text.endswith(".*") else f"=={text}"
    if operator == "~=":
        # `~=3.11.2` is `>=3.11.2,==3.11.*`.
        return f">={text},{_series(Version(text))}.*"
    if operator == "<":
        version = Version(text)
        return f"<{text}" if version.is_prerelease else f"<{_before(version)}"
    return f"{operator}{text}"


def _series(version: Version) -> str:
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, version.release[:-1]))


def _before(version: Version) -> str:
    if version.post is not None or version.local is not None:
        return str(version)
    epoch = f"{version.epoch}!" if version.epoch else ""
    release = [*version.release, 0, 0][: max(3, len(version.release))]
    return f"{epoch}{'.'.join(map(str, release))}a0"
