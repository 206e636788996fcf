"""What documents of several commands have."""

from typing import Annotated, Literal, TypedDict

Ecosystem = Literal["conda", "pypi"]
BuildMode = Literal["isolated", "matched", "no-isolation"]
# How it is known which PyPI names a conda package has; the table in docs/manifest.md explains them.
NameRule = Literal["inline", "map", "off", "plugin", "purl", "published", "snapshot", "same-name", "files", "none"]


class Location(TypedDict):
    """A place in a file of yours."""

    file: Annotated[str, "the path, as messages show it"]
    line: Annotated[int | None, "from 1 on; null for a file as a whole"]
    key: Annotated[str | None, "the dotted key, such as tool.pixi.dependencies.python"]


class DerivationStep(TypedDict):
    """A step of the explanation why there is no solution."""

    kind: Annotated[Literal["asks", "needs", "limits", "lacks", "clash"], "what kind of fact it is"]
    side: Annotated[Literal["conda", "PyPI", "target", "both"], "whose fact it is; target is the machine"]
    text: Annotated[str, "the fact, as a sentence"]
    where: Annotated[Location | None, "the line of the manifest"]


class ProposedEdit(TypedDict):
    """A change of the manifest that gives a solution; it was tried."""

    old: Annotated[str, "the line as it is; empty for one to add"]
    new: Annotated[str, "what to write in its place; empty to remove it"]
    where: Annotated[Location | None, "its place; null for a line to add"]
    note: Annotated[str, "a remark, or empty"]


class Missing(TypedDict):
    """Something that no cache has while the network is switched off."""

    kind: Annotated[
        Literal[
            "conda-package", "repodata", "wheel", "sdist", "repository", "index-page", "metadata", "name-map", "file"
        ],
        "what it is",
    ]
    name: Annotated[str, "the package, or the address of a channel or a map"]
    version: Annotated[str | None, "the version of a package"]
    build: Annotated[str | None, "the build of a conda package"]
    url: Annotated[str | None, "where it could be had, without credentials"]
    needed_by: Annotated[str | None, "the package that cannot be built without it"]


class Finding(TypedDict):
    """An error, a warning or a note."""

    code: Annotated[str, "the code, such as IL204; it is stable"]
    severity: Annotated[Literal["error", "warning", "note"], "how severe it is"]
    what: Annotated[str, "what happened"]
    why: Annotated[str, "the reason, or empty"]
    where: Annotated[Location | None, "the place that it is about"]
    fix: Annotated[str, "what to change, or empty"]
    details: Annotated[list[str], "further lines, such as the compiler's first error"]
    log: Annotated[str | None, "a file with all output"]
    derivation: Annotated[list[DerivationStep], "why there is no solution, step by step"]
    edits: Annotated[list[ProposedEdit], "changes each of which gives a solution"]
    missing: Annotated[list[Missing], "what no cache has while the network is switched off"]


class CodeRun(TypedDict):
    """Code of somebody else that ran."""

    kind: Annotated[
        Literal["backend", "recipe", "activation", "plugin"],
        "whose: of a source that is built, of a conda recipe, of activation scripts, of a plugin",
    ]
    name: Annotated[str, "the package or plugin, or the script if it is the project's own"]
    version: Annotated[str | None, "null if it was not known before the code ran, or there is none"]
    step: Annotated[Literal["requirements", "metadata", "wheel"] | None, "what a build backend was asked for"]
    source: Annotated[str | None, "the address or path that the code is from; of a plugin its distribution"]
    entry: Annotated[str | None, "what was called: the build backend, the recipe, a script, an entry point"]
    why: Annotated[str | None, "why it had to run; null where a package is built to be installed"]


class Failure(TypedDict, total=False):
    """Why there is no answer."""

    ran: Annotated[list[CodeRun], "whose code ran before that showed; missing if none did"]


class Package(TypedDict):
    """A name and a version."""

    name: str
    version: str


class Page(TypedDict):
    """A text, or the file that it was written to."""

    file: Annotated[str | None, "the path; null if there is a text"]
    changed: Annotated[bool, "whether the file is another one now"]
    text: Annotated[str | None, "the text; null if there is a file"]
