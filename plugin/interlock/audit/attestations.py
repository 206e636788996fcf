"""Attestations of files that an index serves (PEP 740): where they are, and who has signed that a file is theirs.

An index names the publisher of a file, and has statements that this publisher signed with an identity of Sigstore's,
such as that of a workflow on GitHub. pypi-attestations verifies them: the certificate, the entry in the public log, the
file's name and hash. Whether it is the right publisher, nobody but the user can tell.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from interlock.audit.findings.attestations import attestations_library_missing
from interlock.engines.http import RequestFailedError, json_at, page_at
from interlock_hooks.types import InterlockError

if TYPE_CHECKING:
    from collections.abc import Mapping

# PEP 691, and PEP 503 for indexes that know nothing else.
_PAGES = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who has signed: a ``kind`` such as ``GitHub``, a repository or account there, and its workflow if it has one."""

    kind: str
    identity: str
    workflow: str | None = None

    def __str__(self) -> str:
        return f"{self.identity} on {self.kind}" + (f" ({self.workflow})" if self.workflow else "")


class InvalidAttestationError(Exception):
    """An attestation does not hold; the text says why."""


def require_library() -> None:
    """Raise :class:`InterlockError` (IL587) where pypi-attestations is not installed."""
    try:
        import pypi_attestations  # noqa: F401
    except ImportError as error:
        raise InterlockError(attestations_library_missing(str(error))) from error


def refresh_trust() -> str | None:
    """Have the newest keys of Sigstore's public instance, whose updates are signed (TUF).

    Returns why that is not possible. What came with sigstore or was fetched before counts then.
    """
    from sigstore.errors import TUFError
    from sigstore.models import ClientTrustConfig

    try:
        ClientTrustConfig.production()
    except (TUFError, OSError) as error:
        return str(error.__cause__ or "") or str(error)
    return None


def provenance_addresses(index: str, name: str) -> dict[str, str | None]:
    """For each file that an index has of a package, the address of its provenance, if there is one.

    Raises :class:`RequestFailedError`.
    """
    url = f"{index.rstrip('/')}/{name}/"
    kind, text = page_at(url, _PAGES)
    if "json" not in kind:
        page = _Links()
        page.feed(text)
        return {file: found and urljoin(url, found) for file, found in page.files.items()}
    try:
        files = json.loads(text)["files"]
        return {each["filename"]: each.get("provenance") and urljoin(url, each["provenance"]) for each in files}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RequestFailedError("the answer is no page of an index") from error


def provenance_at(url: str) -> Mapping[str, Any]:
    """The provenance of a file. Raises :class:`RequestFailedError`."""
    return json_at(url)  # type: ignore[no-any-return]


def verified_publishers(provenance: Mapping[str, Any], filename: str, sha256: str) -> tuple[Publisher, ...]:
    """Who has signed that they published the file, each of whose attestations holds.

    Raises :class:`InvalidAttestationError` for one that does not, and if there is none.
    """
    from pypi_attestations import AttestationError, Distribution, Provenance

    # That it works without a network is what is asked for here, and no reason to warn.
    logging.getLogger("sigstore").setLevel(logging.ERROR)
    try:
        bundles = Provenance.model_validate(provenance).attestation_bundles
        file = Distribution(name=filename, digest=sha256)
        for bundle in bundles:
            for attestation in bundle.attestations:
                attestation.verify(bundle.publisher, file, offline=True)
    # Also what pydantic says of another form.
    except (AttestationError, ValueError) as error:
        raise InvalidAttestationError(str(error)) from error
    if not bundles or not all(bundle.attestations for bundle in bundles):
        raise InvalidAttestationError("the index names a publisher, but has no attestation")
    return tuple(dict.fromkeys(_publisher(bundle.publisher.model_dump(exclude_none=True)) for bundle in bundles))


def _publisher(said: Mapping[str, Any]) -> Publisher:
    named = [str(value) for key, value in said.items() if key not in ("kind", "claims")]
    return Publisher(
        kind=said["kind"],
        identity=said.get("repository") or said.get("email") or ", ".join(named),
        workflow=said.get("workflow") or said.get("workflow_filepath"),
    )


class _Links(HTMLParser):
    """The links of a page (PEP 503) with what PEP 740 adds to them."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, str | None] = {}
        self._provenance: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._provenance, self._text = dict(attrs).get("data-provenance"), ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._text is not None:
            self.files[self._text.strip()] = self._provenance
            self._text = None
