"""Whether somebody who is trusted says how a wheel was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interlock.builds.provenance.envelope import Envelope, signers, statement_in
from interlock.builds.provenance.signing import signed_by
from interlock.builds.provenance.statement import Provenance, read_provenance
from interlock.core.signing_keys import is_key

if TYPE_CHECKING:
    from collections.abc import Sequence


class UntrustedError(Exception):
    """A wheel is not one that a trusted key says to have been built as it should; the text is the reason."""


def trusted(envelope: Envelope | None, keys: Sequence[str], *, filename: str, sha256: str) -> Provenance:
    """What is said of a wheel in an envelope that one of the keys has signed. Raises :class:`UntrustedError`."""
    if envelope is None:
        raise UntrustedError("there is no statement of how it was built")
    named = signers(envelope)
    if not named:
        raise UntrustedError("the statement of how it was built is not signed")
    try:
        if signed_by(envelope, keys) is None:
            raise UntrustedError(_other_signature(named, keys))
        found = read_provenance(statement_in(envelope))
    except ImportError as error:
        raise UntrustedError("signatures cannot be verified without `interlock[signing]`") from error
    except ValueError as error:
        raise UntrustedError(f"the statement of how it was built cannot be read: {error}") from error
    if found.sha256 != sha256:
        raise UntrustedError(f"what is signed is about another file, with the SHA-256 {found.sha256}")
    if found.filename != filename:
        raise UntrustedError(f"what is signed is about {found.filename}")
    return found


def _other_signature(named: Sequence[str], keys: Sequence[str]) -> str:
    if not set(named).isdisjoint(keys):
        return "its signature is not valid"
    # A signature may say anything of its key, and anybody may have written it.
    known = [name for name in named if is_key(name)]
    return f"it is signed by {', '.join(known) or 'an unknown key'}, which is not trusted"
