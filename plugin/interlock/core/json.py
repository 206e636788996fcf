"""Reading JSON that others wrote: whatever is wrong with it is one exception."""

from __future__ import annotations

import json
import re
from typing import Any

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


def parse_json(content: bytes) -> Any:
    r"""The data in a JSON document.

    Raises :class:`ValueError` for everything that is not JSON, for arrays in arrays without an end, and for half
    characters (``\ud800``), which no file or terminal can take.
    """
    try:
        data = json.loads(content)
        if _HALF_CHARACTER.search(content):
            json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("arrays or objects are nested too deeply") from None
    return data
