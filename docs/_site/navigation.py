"""The sidebar, from the list of pages in ``docs/README.md``: that list is for readers, and there is no second one."""

from __future__ import annotations

import posixpath
import re

_CAPTION = re.compile(r"^\*\*(.+)\*\*$")
_PAGE = re.compile(r"\]\(([^)#:]+\.md)(?:#[^)]*)?\)")


def with_navigation(text: str, folder: str, also: dict[str, list[str]]) -> str:
    """The list with a hidden table of contents for each of its captions; a page is in the first that names it.

    ``folder`` is that of the list, and ``also`` are further pages by caption.
    """
    captions: dict[str, list[str]] = {}
    seen: set[str] = set()
    caption = ""
    for line in text.splitlines():
        if found := _CAPTION.match(line):
            caption = found[1]
        for page in _PAGE.findall(line):
            place = "/" + posixpath.normpath(posixpath.join(folder, page)).removesuffix(".md")
            if place not in seen:
                seen.add(place)
                captions.setdefault(caption, []).append(place)
    for name, pages in also.items():
        captions.setdefault(name, []).extend(pages)
    return "\n\n".join((text, *(_tree(name, pages) for name, pages in captions.items()))) + "\n"


def _tree(caption: str, pages: list[str]) -> str:
    return "\n".join(("```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"))
