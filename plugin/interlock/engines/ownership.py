"""Which package owns which file of a prefix, by the records of conda and of wheels (``RECORD``)."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from interlock.engines.python.distributions import record_digest
from interlock.engines.rattler.prefix_records import record_digests

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.engines.python.distributions import SiteDistribution

# The ways to say "this package is shared" (before PEP 420); any of them does for all.
_NAMESPACES = (
    "",
    "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
    '__path__ = __import__("pkgutil").extend_path(__path__, __name__)',
    "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)",
    "__import__('pkg_resources').declare_namespace(__name__)",
    '__import__("pkg_resources").declare_namespace(__name__)',
)


_NAMESPACE_DIGESTS = frozenset(
    record_digest(hashlib.sha256((text + end).encode()).digest()) for text in _NAMESPACES for end in ("", "\n")
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The files of one package: path relative to the prefix, with the digest that ``RECORD`` would have if it is known.

    ``conda`` is the name of the conda package, ``None`` for a distribution from PyPI.
    """

    name: NormalizedName
    label: str
    files: Mapping[str, str | None]
    conda: str | None = None


def conda_claim(name: str, digests: Mapping[str, str | None]) -> Claim:
    """What a linked conda package owns; ``digests`` are hexadecimal."""
    files = {path: _record_form(digest) for path, digest in digests.items()}
    return Claim(canonicalize_name(name), f"the conda package {name}", files, conda=name)


def conda_claims(prefix: Path) -> list[Claim]:
    """What each conda package of a prefix owns."""
    return [conda_claim(name, digests) for name, digests in record_digests(prefix).items()]


def installed_claim(found: SiteDistribution, prefix: Path, *, metadata: bool = False) -> Claim:
    """What an installed distribution owns: what it has digests of, and with ``metadata`` all else that it recorded.

    What lies in ``conda-meta`` counts in any case: it must not be there.
    """
    site_packages = found.info.parent.relative_to(prefix).as_posix()
    files = {
        _placed(path, site_packages): digest
        for path, digest in found.files.items()
        if metadata
        or (digest is not None and not path.partition("/")[0].endswith(".dist-info"))
        or (digest is None and "conda-meta/" in path)
    }
    return Claim(found.name, found.label, files)


def agree(path: str, one: str | None, other: str | None) -> bool:
    """Whether two packages may both own ``path`` with these digests: the same content, or the same namespace."""
    if one is not None and one == other:
        return True
    return path.endswith("/__init__.py") and one in _NAMESPACE_DIGESTS and other in _NAMESPACE_DIGESTS


def _placed(path: str, site_packages: str) -> str:
    # There are tens of thousands of these, and few of them lead out of site-packages.
    return posixpath.normpath(f"{site_packages}/{path}") if path.startswith("..") else f"{site_packages}/{path}"


def _record_form(hexadecimal: str | None) -> str | None:
    try:
        return None if hexadecimal is None else record_digest(bytes.fromhex(hexadecimal))
    except ValueError:
        return None
