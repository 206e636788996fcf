"""What lies beside a prebuilt wheel and says how it was built: one envelope a line, in a file with its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from interlock.builds.prebuilt.errors import UnlistedError
from interlock.builds.prebuilt.listing import read_whole
from interlock.builds.provenance.envelope import BESIDE, LARGEST, Envelope
from interlock.builds.provenance.trust import UntrustedError, trusted
from interlock.builds.sources.download import kept_at
from interlock.core.files import write_atomic
from interlock.core.json import parse_json
from interlock.core.urls import split_url

if TYPE_CHECKING:
    from interlock_hooks.types import Artifact, PrebuiltSource, PrebuiltWheel


def keys_of(locked: PrebuiltWheel, sources: Iterable[PrebuiltSource]) -> tuple[str, ...]:
    """The keys of which one has to vouch for a locked wheel: those of the source that it came from.

    A lock that names the keys of no source is older than the manifest, or forged. Then any key of a source will do, and
    none is needed if one of them asks for none.
    """
    asked = [source.trust for source in sources]
    if locked.trust in asked:
        return locked.trust
    return tuple(dict.fromkeys(key for keys in asked for key in keys)) if asked and all(asked) else ()


def require_trusted(artifact: Artifact, keys: Sequence[str]) -> None:
    """Raise :class:`UntrustedError` unless one of the keys says how a wheel with a hash was built.

    What was once verified is kept, so that the wheel can be installed again without a network.
    """
    kept = kept_at(artifact)
    kept = kept.with_name(f"{kept.name}{BESIDE}")
    if kept.is_file():
        try:
            _require_one(_lines(kept.read_bytes()), artifact, keys)
        except UntrustedError:
            # There may be another one by now.
            pass
        else:
            return
    content = _fetched(artifact)
    _require_one(_lines(content), artifact, keys)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, content)


def _require_one(envelopes: Sequence[Envelope], artifact: Artifact, keys: Sequence[str]) -> None:
    reasons = [_reason_against(envelope, artifact, keys) for envelope in (envelopes or (None,))]
    if None not in reasons:
        raise UntrustedError(reasons[-1])


def _reason_against(envelope: Envelope | None, artifact: Artifact, keys: Sequence[str]) -> str | None:
    try:
        trusted(envelope, keys, filename=str(artifact.filename), sha256=str(artifact.sha256))
    except UntrustedError as error:
        return str(error)
    return None


def _fetched(artifact: Artifact) -> bytes:
    place = split_url(artifact.url)
    url = place._replace(path=f"{place.path}{BESIDE}", fragment="").geturl()
    try:
        return read_whole(url, LARGEST)
    except FileNotFoundError:
        return b""
    except (UnlistedError, OSError) as error:
        raise UntrustedError(f"the statement of how it was built cannot be fetched: {error}") from error


def _lines(content: bytes) -> list[Envelope]:
    found = []
    for line in content.splitlines():
        try:
            each = parse_json(line)
        except ValueError:
            continue
        if isinstance(each, dict):
            found.append(each)
    return found
