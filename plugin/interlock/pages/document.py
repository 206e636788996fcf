"""The frame of every page: one HTML file whose style and script are the only ones that a browser would accept."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"
_STEPS = ("B", "kB", "MB", "GB")
_STEP = 1000

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Interlock">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
{end}</body>
</html>
"""


def page(title: str, body: str, *, style: str | None = None, script: str | None = None, data: Any = None) -> str:
    """A page with ``body``, which is HTML, a ``style`` beside that of all pages, and a ``script`` that reads ``data``.

    The policy names the style and the script by hash (CSP level 2) and forbids everything else: a name or text of a
    third party that got into the page as markup could neither run nor load anything.
    """
    css = _text("page.css") + (_text(style) if style else "")
    allowed = [f"style-src {_hash(css)}", "base-uri 'none'", "form-action 'none'"]
    end = ""
    if script is not None:
        code = _text(script)
        allowed.append(f"script-src {_hash(code)}")
        end = f'<script type="application/json" id="data">{_embedded(data)}</script>\n<script>{code}</script>\n'
    policy = "; ".join(("default-src 'none'", *allowed))
    return _PAGE.format(policy=policy, title=text(title), style=css, body=body, end=end)


def text(value: object) -> str:
    """Text as HTML, in content and in quoted attributes."""
    # What UTF-8 cannot hold, such as a file name in another encoding, must not keep a page from being written.
    return escape(str(value).encode("utf-8", "replace").decode("utf-8"))


def size_text(size: int | None) -> str:
    """A number of bytes as people write it (``12.3 MB``, decimal units); empty if it is not known."""
    if size is None:
        return ""
    number, unit = float(size), 0
    # 999.95 is written as 1000.0.
    while number >= _STEP - 0.05 and unit < len(_STEPS) - 1:
        number, unit = number / _STEP, unit + 1
    return f"{size} B" if unit == 0 else f"{number:.1f} {_STEPS[unit]}"


def _embedded(data: Any) -> str:
    """JSON that HTML does not take for markup: no ``</script>``, no comment."""
    plain = json.dumps(data, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


@cache
def _text(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")
