"""Web pages in a real browser: several at once, each wide and narrow, light and dark."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr")
# Each page is in a frame: a browser has one window, but frames of any width, and each with a colour scheme.
_FRAME = '<iframe name="{name}" src="{source}" width="{width}" height="800" style="color-scheme: {scheme}"></iframe>'
_WRAPPER = """<!doctype html>
<meta charset="utf-8">
{frames}
<pre id="seen"></pre>
<script>
onload = () => {{
  const seen = [...document.querySelectorAll("iframe")].map(frame => {{
    const inside = frame.contentWindow, root = frame.contentDocument.documentElement;
    return [frame.name, {{
      document: root.outerHTML,
      overflow: root.scrollWidth - root.clientWidth,
      background: inside.getComputedStyle(frame.contentDocument.body).backgroundColor,
      loaded: inside.performance.getEntriesByType("resource").map(entry => entry.name),
    }}];
  }});
  document.getElementById("seen").textContent = JSON.stringify(seen);
}};
</script>
"""


@dataclass(frozen=True)
class Seen:
    """A page in a browser, after its scripts have run.

    ``overflow`` are the pixels by which it is wider than its window; ``loaded`` are the files that it asked for.
    """

    document: str
    overflow: int
    background: str
    loaded: list[str]


@dataclass(frozen=True)
class Looks:
    """A page on a desk, and on a telephone at night."""

    wide: Seen
    narrow: Seen


def look(folder: Path, pages: Mapping[str, str], address: str = "") -> dict[str, Looks]:
    """Show pages, all with the fragment ``address``; a browser that logs anything, such as an error, fails the test."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium")
    frames = []
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
        source = html.escape(f"{name}.html{address}")
        for view, width, scheme in (("wide", 1200, "light"), ("narrow", 390, "dark")):
            frames.append(_FRAME.format(name=f"{name} {view}", source=source, width=width, scheme=scheme))
    wrapper = folder / "wrapper.html"
    wrapper.write_text(_WRAPPER.format(frames="\n".join(frames)), encoding="utf-8")
    seen = _run(CHROMIUM, wrapper, folder / "profile")
    return {name: Looks(seen[f"{name} wide"], seen[f"{name} narrow"]) for name in pages}


def _run(program: str, page: Path, profile: Path) -> dict[str, Seen]:
    # The wrapper may look into its frames.
    options = (*_OPTIONS, "--allow-file-access-from-files", f"--user-data-dir={profile}")
    command = [program, *options, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "CONSOLE" not in done.stderr, done.stderr
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, flags=re.DOTALL)
    assert found is not None, done.stdout
    return {name: Seen(**entry) for name, entry in json.loads(html.unescape(found[1]))}
