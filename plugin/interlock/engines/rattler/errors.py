"""py-rattler's exceptions, which share no base class, as findings.

py-rattler says what happened by exception class and text only. Where one class stands for several situations (a
gateway error is a dead network as well as a missing channel), the text decides which finding is shown; nothing else
depends on it, and a text that is not recognised still gives a correct, if less specific, finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rattler import exceptions as raised

from interlock.core.findings import not_cached
from interlock.core.urls import redacted
from interlock.engines.rattler import findings
from interlock.engines.rattler.silence import SilentServerError
from interlock_hooks.types import Finding, InterlockError, Location, Missing


@dataclass(frozen=True, slots=True)
class _Rule:
    """A finding for exceptions of these classes whose text matches."""

    classes: tuple[type[Exception], ...]
    finding: Finding
    pattern: str = ""

    def matches(self, error: BaseException, text: str) -> bool:
        return isinstance(error, self.classes) and re.search(self.pattern, text, re.IGNORECASE) is not None


_REMOTE = (
    *(raised.GatewayError, raised.FetchRepoDataError, raised.InstallerError, raised.IoError, raised.ExtractError),
    SilentServerError,
)
_FETCH = (raised.GatewayError, raised.FetchRepoDataError)
_INSTALL = (raised.InstallerError, raised.LinkError, raised.TransactionError, raised.IoError, raised.ExtractError)
_SPEC = (
    *(raised.InvalidMatchSpecError, raised.InvalidVersionSpecError, raised.InvalidPackageNameError),
    *(raised.PackageNameMatcherParseError, raised.CanonicalMatchSpecError, raised.RequirementError),
)
_VIRTUAL = (raised.InvalidVersionError, raised.VirtualPackageOverrideError, raised.DetectVirtualPackageError)

_FULL = r"no space left|quota exceeded|os error (28|122)\b"
_FORBIDDEN = r"(permission denied|read-only file system)"

_LOCAL = (findings.DISK_FULL, findings.UNUSABLE_CACHE, findings.NOT_WRITABLE)

# In order: the first rule that matches decides.
_RULES = (
    _Rule(_SPEC, findings.INVALID_SPEC),
    _Rule((raised.InvalidChannelError, raised.InvalidUrlError), findings.INVALID_CHANNEL),
    _Rule(_VIRTUAL, findings.INVALID_VIRTUAL_PACKAGE),
    _Rule((raised.ParseSubdirError, raised.ConvertSubdirError, raised.ParseArchError), findings.UNKNOWN_PLATFORM),
    _Rule((raised.InstallerError,), findings.WRONG_HASH, r"hash mismatch"),
    _Rule((*_REMOTE, *_INSTALL), findings.DISK_FULL, _FULL),
    _Rule(_FETCH, findings.UNUSABLE_CACHE, rf"(?s)failed to create.*{_FORBIDDEN}"),
    _Rule(_INSTALL, findings.UNUSABLE_CACHE, rf"(?s)cache (lock|layer|directory).*{_FORBIDDEN}"),
    _Rule(_REMOTE, findings.ACCESS_REFUSED, r"\b(401|403)\b|unauthorized|forbidden"),
    _Rule(
        _REMOTE,
        findings.CHANNEL_UNREACHABLE,
        r"\(connect\)|dns error|error sending request|timed out|timeout|retries|sent nothing for|"
        r"\b5\d\d\b (internal|bad|service|gateway)|\b(408|429)\b|"
        r"error decoding response body|connection (was )?(reset|closed)|before message (length|completed)|"
        r"url scheme is not allowed|status code \(30\d|no data was read from the package stream",
    ),
    _Rule(_FETCH, findings.NO_CHANNEL, r"could not find subdir|\b404\b|not found|no such file"),
    _Rule(_FETCH, findings.UNREADABLE_INDEX),
    _Rule(
        _INSTALL,
        findings.NOT_WRITABLE,
        r"failed to create the prefix|permission denied|read-only file system|operation not permitted",
    ),
    _Rule(
        _INSTALL,
        findings.PACKAGE_DAMAGED,
        r"checksum|corrupt|invalid (gzip|zip|zstd|tar)|unexpected end|failed to unpack|eof",
    ),
    _Rule(_INSTALL, findings.PACKAGE_UNREACHABLE, r"failed to fetch"),
    _Rule(_INSTALL, findings.NOT_LINKED),
    _Rule((raised.AuthenticationStorageError,), findings.UNREADABLE_CREDENTIALS),
    _Rule((raised.CacheDirError, raised.ConfigError), findings.UNUSABLE_CACHE),
)

# What it says of a channel, a package of a channel with one index for each package, and a file.
_NOT_CACHED = (
    re.compile(r"no usable repodata cache for (?P<name>\S+)"),
    re.compile(r"the shard for package '(?P<name>[^']+)' is not in the cache"),
)
_NOT_FETCHED = re.compile(r"failed to fetch (?P<name>\S+)(?s:.*)the network is switched off")

# Everything that py-rattler defines, so that a class added in a later release is not let through as a traceback.
_CLASSES: tuple[type[Exception], ...] = (
    SilentServerError,
    *(
        entry
        for name in raised.__all__
        if name not in {"ParsePlatformError", "GatewayWarning"}
        and isinstance(entry := getattr(raised, name), type)
        and issubclass(entry, Exception)
    ),
)


@contextmanager
def translated(subject: str = "", *, where: Location | None = None, addresses: Sequence[str] = ()) -> Iterator[None]:
    """Turn exceptions of py-rattler into :class:`InterlockError`.

    ``subject`` names what is worked on and is put before the reason; ``where`` is the place that asked for it.
    ``addresses`` are those of the files or channels, which rattler names by their last part or not at all.
    """
    try:
        yield
    except _CLASSES as error:
        raise InterlockError(finding_of(error, subject, where=where, addresses=addresses)) from error
    except BaseException as error:
        # A panic in Rust, in this thread or in another one: these classes cannot be imported.
        if type(error).__name__ not in ("PanicException", "RustPanic"):
            raise
        raise InterlockError(finding_of(error, subject, where=where, addresses=addresses)) from error


def finding_of(
    error: BaseException, subject: str = "", *, where: Location | None = None, addresses: Sequence[str] = ()
) -> Finding:
    """The finding that describes an exception of py-rattler's; see :func:`translated`."""
    text = redacted(str(error)).strip()
    lines = [line.removeprefix("Caused by: ").strip() for line in text.splitlines() if line.strip()]
    # The first line says on what it failed, the last one why; what lies between is in the details.
    why = ": ".join(dict.fromkeys([*([redacted(subject)] if subject else []), *lines[:1], *lines[-1:]]))
    details = tuple(text.splitlines())
    if absent := _not_cached(text, addresses):
        return replace(not_cached([absent]), where=where)
    for rule in _RULES:
        if rule.matches(error, text):
            # Where the machine is to blame, no address is of interest.
            told = why if rule.finding in _LOCAL else _addressed(why, addresses)
            return replace(rule.finding, why=told, where=where, details=details)
    return replace(findings.UNKNOWN_FAILURE, why=why, where=where, details=(type(error).__name__, *details))


def _not_cached(text: str, addresses: Sequence[str]) -> Missing | None:
    """What a text says that no cache has while the network is switched off."""
    if match := next(filter(None, (pattern.search(text) for pattern in _NOT_CACHED)), None):
        return Missing(kind="repodata", name=match["name"])
    if (match := _NOT_FETCHED.search(text)) is None:
        return None
    name = match["name"]
    url = next((redacted(each) for each in addresses if each.endswith(f"/{name}")), None)
    return Missing(kind="conda-package", name=name, url=url)


def _addressed(why: str, addresses: Sequence[str]) -> str:
    """A reason that says where the file is that it is about."""
    if not addresses or "://" in why:
        return why
    for address in map(redacted, addresses):
        name = address.rstrip("/").rpartition("/")[2]
        if name in why:
            return why.replace(name, address, 1)
    return f"{why} ({', '.join(map(redacted, addresses))})"
