"""The documentation as a site: `make docs`. Its pages are the Markdown files of the repository, as they are there."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_site"))

from commands import commands_page
from finding_pages import write_pages
from hook_reference import hooks_page
from json_documents import documents_page
from manifest_keys import manifest_page
from navigation import with_navigation

from interlock import __version__
from interlock.manifest.schema import table_schema
from interlock.plugins.guard import hook_specs

DOCS = Path(__file__).parent
# What is made from the code; git does not have it.
GENERATED = DOCS / "generated"

project, author, release = "Interlock", "the authors of Interlock", __version__
copyright = author  # noqa: A001 - Sphinx calls it that
extensions = ["myst_parser", "sphinx.ext.autodoc"]
# The repository is the source, so that its links lead to the same places here and there.
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/**.md",
    "recipes/projects/README.md",
    "recipes/projects/*/README.md",
]
root_doc = "docs/README"
html_theme = "furo"
html_title = f"Interlock {release}"
html_extra_path = ["_site/index.html"]
html_show_copyright = False
myst_heading_anchors = 6
nitpicky = True
# Types of others, in signatures: their documentation would have to be fetched.
nitpick_ignore_regex = [("py:class", r"(packaging|pathlib|collections\.abc)\..*|tuple\[str")]
autodoc_member_order = "bysource"
add_module_names = False


def setup(app: object) -> None:
    """Write what is generated, and let the list of pages be the sidebar."""
    GENERATED.mkdir(exist_ok=True)
    pages = {
        "commands": commands_page(),
        "documents": documents_page(),
        "hooks": hooks_page(hook_specs()),
        "tool-interlock": manifest_page(table_schema()),
    }
    for name, text in pages.items():
        (GENERATED / f"{name}.md").write_text(text, encoding="utf-8")
    write_pages(DOCS / "findings.md", GENERATED / "findings")
    app.connect("source-read", _navigation)  # type: ignore[attr-defined]


def _navigation(_: object, name: str, source: list[str]) -> None:
    if name == root_doc:
        also = {
            "Reference": [
                f"/docs/generated/{page}"
                for page in ("tool-interlock", "commands", "documents", "hooks", "findings/index")
            ],
            "For developers": ["/docs/dev/manifests", "/CHANGELOG"],
        }
        source[0] = with_navigation(source[0], "docs", also)
    elif name == "recipes/projects/README":
        source[0] += "\n\n```{toctree}\n:hidden:\n:glob:\n\n*/README\n```\n"
