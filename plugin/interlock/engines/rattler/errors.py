"""py-rattler's exceptions, which share no base class, as findings.

py-rattler says what happened by exception class and text only. Where one class stands for several situations (a
gateway error is a dead network as well as a missing channel), the text decides which finding is shown; nothing else
depends on it, and a text that is not recognised still gives a correct, if less specific, finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rattler import exceptions as raised

from interlock.core.urls import redacted
from interlock_hooks.types import Finding, InterlockError, Location


@dataclass(frozen=True, slots=True)
class _Rule:
    """A finding for exceptions of these classes whose text matches."""

    classes: tuple[type[Exception], ...]
    code: str
    what: str
    fix: str = ""
    pattern: str = ""

    def matches(self, error: Exception, text: str) -> bool:
        return isinstance(error, self.classes) and re.search(self.pattern, text, re.IGNORECASE) is not None


_REMOTE = (raised.GatewayError, raised.FetchRepoDataError, raised.InstallerError, raised.IoError, raised.ExtractError)
_FETCH = (raised.GatewayError, raised.FetchRepoDataError)
_INSTALL = (raised.InstallerError, raised.LinkError, raised.TransactionError, raised.IoError, raised.ExtractError)
_CHECK_NETWORK = (
    "check the channel's address, the network and the proxy variables; behind a private certificate authority set"
    " SSL_CERT_FILE"
)

# In order: the first rule that matches decides.
_RULES = (
    _Rule(
        (raised.InvalidMatchSpecError, raised.InvalidVersionSpecError, raised.InvalidPackageNameError),
        "IL201",
        "a conda requirement cannot be read",
        "write it as name and version range, for example `numpy >=2.1,<3`",
    ),
    _Rule(
        (raised.PackageNameMatcherParseError, raised.CanonicalMatchSpecError, raised.RequirementError),
        "IL201",
        "a conda requirement cannot be read",
        "write it as name and version range, for example `numpy >=2.1,<3`",
    ),
    _Rule(
        (raised.InvalidChannelError, raised.InvalidUrlError),
        "IL202",
        "a channel is neither a name nor a URL",
        "name it like `conda-forge`, or by a URL such as `https://host/channel` or `file:///path/to/channel`",
    ),
    _Rule(
        (raised.InvalidVersionError, raised.VirtualPackageOverrideError, raised.DetectVirtualPackageError),
        "IL212",
        "a virtual package has no valid version",
        "give a plain version such as 12.4",
    ),
    _Rule(
        (raised.ParseSubdirError, raised.ConvertSubdirError, raised.ParseArchError),
        "IL213",
        "a platform is not known",
        "use a conda platform such as linux-64, linux-aarch64, osx-arm64 or win-64",
    ),
    _Rule(
        (raised.InstallerError,),
        "IL501",
        "a downloaded package does not have the hash that the lock records",
        "if the change is expected, lock again with `interlock env lock`; else do not trust the source",
        r"hash mismatch",
    ),
    _Rule(
        _REMOTE,
        "IL206",
        "a conda channel refuses access",
        "store credentials for the host with `rattler auth login` or `pixi auth login`, or in a .netrc file",
        r"\b(401|403)\b|unauthorized|forbidden",
    ),
    _Rule(
        _REMOTE,
        "IL203",
        "a conda channel cannot be reached",
        _CHECK_NETWORK,
        r"\(connect\)|dns error|error sending request|timed out|timeout|retries|\b5\d\d\b (internal|bad|service)",
    ),
    _Rule(
        _FETCH,
        "IL204",
        "there is no conda channel at this address",
        "correct the channel's address; a channel has a noarch folder with repodata.json",
        r"could not find subdir|\b404\b|not found|no such file",
    ),
    _Rule(
        _FETCH,
        "IL205",
        "the index of a conda channel cannot be read",
        "index the channel again, or report it to whoever keeps it",
    ),
    _Rule(
        _INSTALL,
        "IL652",
        "the disk is full",
        "make room and run the command again; what is complete is kept",
        r"no space left|quota exceeded|os error 28|os error 122",
    ),
    _Rule(
        _INSTALL,
        "IL651",
        "the environment's directory cannot be written",
        "make the directory writable for this user, or choose another place",
        r"failed to create the prefix|permission denied|read-only file system|operation not permitted",
    ),
    _Rule(
        _INSTALL,
        "IL208",
        "a conda package is damaged",
        "remove it from the package cache and from the channel, and fetch it again",
        r"checksum|corrupt|invalid (gzip|zip|zstd|tar)|unexpected end|failed to unpack|eof",
    ),
    _Rule(
        _INSTALL,
        "IL207",
        "a conda package cannot be fetched",
        "the channel may have removed it; lock again with `interlock env lock`",
        r"failed to fetch",
    ),
    _Rule(
        _INSTALL,
        "IL653",
        "conda packages cannot be linked into the environment",
        "run the command again; if it fails again remove the environment with `interlock env clean`",
    ),
    _Rule(
        (raised.AuthenticationStorageError,),
        "IL206",
        "the stored credentials for conda channels cannot be read",
        "check the file that RATTLER_AUTH_FILE names, or log in again",
    ),
    _Rule(
        (raised.CacheDirError, raised.ConfigError),
        "IL209",
        "rattler's cache or configuration cannot be used",
        "set RATTLER_CACHE_DIR to a directory that this user can write",
    ),
)

# Everything that py-rattler defines, so that a class added in a later release is not let through as a traceback.
_CLASSES = tuple(
    entry
    for name in raised.__all__
    if name not in {"ParsePlatformError", "GatewayWarning"}
    and isinstance(entry := getattr(raised, name), type)
    and issubclass(entry, Exception)
)


@contextmanager
def translated(subject: str = "", *, where: Location | None = None) -> Iterator[None]:
    """Turn exceptions of py-rattler into :class:`InterlockError`.

    ``subject`` names what is worked on and is put before the reason; ``where`` is the place that asked for it.
    """
    try:
        yield
    except _CLASSES as error:
        raise InterlockError(finding_of(error, subject, where=where)) from error


def finding_of(error: Exception, subject: str = "", *, where: Location | None = None) -> Finding:
    """The finding that describes an exception of py-rattler's."""
    text = redacted(str(error)).strip()
    lines = [line.removeprefix("Caused by: ").strip() for line in text.splitlines() if line.strip()]
    # The first line says on what it failed, the last one why; what lies between is in the details.
    why = ": ".join(dict.fromkeys([*([redacted(subject)] if subject else []), *lines[:1], *lines[-1:]]))
    for rule in _RULES:
        if rule.matches(error, text):
            return Finding(
                code=rule.code, what=rule.what, why=why, where=where, fix=rule.fix, details=tuple(text.splitlines())
            )
    return Finding(
        code="IL200",
        what="the conda engine failed",
        why=why,
        where=where,
        fix="run again with -vv and report it",
        details=(type(error).__name__, *text.splitlines()),
    )
