"""The variables that uv gets."""

from __future__ import annotations

import math
import os

from interlock.core.offline import is_offline
from interlock.core.patience import http_retries, silence_seconds
from interlock.engines.environ import allowed_environment

# The settings of uv that a user may have set for the machine: where its cache is, and how patient it is. Credentials
# are part of the addresses in its settings, since builds that uv starts see its variables. All others would change what
# is resolved.
_KEPT = (
    "UV_CACHE_DIR",
    "UV_HTTP_RETRIES",
    "UV_HTTP_TIMEOUT",
    "UV_CONCURRENT_DOWNLOADS",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_OFFLINE",
)


def uv_environment() -> dict[str, str]:
    """Those of the caller that uv may know, and how Interlock wants it to behave."""
    env = allowed_environment()
    env.update({name: os.environ[name] for name in _KEPT if name in os.environ})
    env = _patience() | env
    env |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    if is_offline():
        env["UV_OFFLINE"] = "1"
    return env


def _patience() -> dict[str, str]:
    """What users say of all engines' patience, in uv's variables."""
    seconds, retries = silence_seconds(), http_retries()
    said = {"UV_HTTP_TIMEOUT": seconds and math.ceil(seconds), "UV_HTTP_RETRIES": retries}
    return {name: str(value) for name, value in said.items() if value is not None}
