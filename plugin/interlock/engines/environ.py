"""The variables of the caller that are passed to programs; all others are left behind."""

from __future__ import annotations

import os
from collections.abc import Mapping

from interlock.core.offline import is_offline

# What a program needs to know of its user and machine, and what reaches the network through proxies and private
# authorities. Nothing here can change which compiler runs or what it makes.
ALLOWED = frozenset(
    {
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "TERM",
        "TMPDIR",
        "TEMP",
        "TMP",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "SSH_AUTH_SOCK",
        "NETRC",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "SYSTEMROOT",
    }
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
# The discard port, on which nothing listens: what a program asks of another host fails at once.
_NOBODY = "http://127.0.0.1:9"
SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"


def allowed_environment(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """The allowed variables of ``source`` (default: of this process), with a ``PATH`` of system directories only.

    While the network is switched off, the proxies lead nowhere, for programs that know nothing of the switch.
    """
    variables = os.environ if source is None else source
    kept = {name: variables[name] for name in sorted(ALLOWED) if name in variables}
    kept["PATH"] = SYSTEM_PATH
    if is_offline():
        kept |= dict.fromkeys(_PROXIES, _NOBODY) | dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1")
    return kept
