"""The variables that uv gets."""

from __future__ import annotations

import math
import os
import re

from interlock.core.offline import is_offline
from interlock.core.patience import http_retries, silence_seconds
from interlock.engines.environ import allowed_environment
from interlock.engines.logins import keyring_variables

# The settings of uv that a user may have set for the machine: where its cache is, how patient it is, and credentials.
# All others would change what is resolved, so they are left behind.
_KEPT = (
    "UV_CACHE_DIR",
    "UV_HTTP_RETRIES",
    "UV_HTTP_TIMEOUT",
    "UV_CONCURRENT_DOWNLOADS",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_NATIVE_TLS",
    "UV_OFFLINE",
)
# UV_INDEX_NAME_USERNAME and UV_INDEX_NAME_PASSWORD, but not UV_INDEX_URL, which would change where packages come from.
_CREDENTIAL = re.compile(r"UV_INDEX_.+_(USERNAME|PASSWORD)")


def uv_environment() -> dict[str, str]:
    """Those of the caller that uv may know, and how Interlock wants it to behave."""
    env = allowed_environment()
    env.update({name: os.environ[name] for name in _KEPT if name in os.environ})
    env.update({name: value for name, value in os.environ.items() if _CREDENTIAL.fullmatch(name)})
    env |= keyring_variables(env["PATH"])
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
