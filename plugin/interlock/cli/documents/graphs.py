"""``env why``, ``env tree`` and ``env diff``: parts of the graph of packages."""

from typing import Annotated, Literal, TypedDict

from interlock.cli.documents.shared import BuildMode, Ecosystem, Location, NameRule

EdgeKind = Literal["needs", "limits", "builds", "declares"]


class Provided(TypedDict):
    """A Python distribution that a conda package supplies."""

    name: str
    version: str
    rule: Annotated[NameRule | None, "how that is known"]
    source: Annotated[str | None, "the map or plugin that says so"]


class Node(TypedDict):
    """A package."""

    key: Annotated[str, "identifies it in this document"]
    ecosystem: Annotated[
        Literal["conda", "pypi", "machine", "build"],
        "machine is a virtual package; build is only there while another package is built",
    ]
    name: str
    version: str
    artifact: Annotated[str, "the file, checkout or directory that it is"]
    source: Annotated[str, "the channel, index or source that it comes from"]
    provides: list[Provided]
    build_mode: Annotated[BuildMode | None, "what its build can see; null if it is not built"]
    build_of: Annotated[str | None, "the package whose build it is there for"]


class Line(TypedDict):
    """A line of the manifest, or what a plugin asks for."""

    key: Annotated[str, "identifies it in this document"]
    ecosystem: Literal["manifest"]
    text: Annotated[str, "what is asked for"]
    origin: Annotated[str, "manifest, or who asks"]
    where: Annotated[Location | None, "its place; null if it has no line of its own"]


# "from" is a word of Python.
_Ends = TypedDict(
    "_Ends",
    {"from": Annotated[str, "the key of what has a say"], "to": Annotated[str, "the key of what it has a say in"]},
)


class Edge(_Ends):
    """One package, or line of the manifest, that has a say in another package."""

    range: Annotated[str, "the match spec or requirement"]
    ecosystem: Annotated[Ecosystem, "in whose words"]
    kind: Annotated[EdgeKind, "limits bring in nothing; builds lead to what a build uses"]


class EnvTree(TypedDict):
    """A part of the graph, each package and edge once."""

    environment: str
    platform: str
    inverted: Annotated[bool, "whether the edges were followed backwards"]
    roots: Annotated[list[str], "the keys of the packages or lines at the top"]
    nodes: list[Node | Line]
    edges: list[Edge]


class StepTarget(TypedDict):
    """Where a step leads."""

    key: str
    name: str
    version: str


class Step(TypedDict):
    """One step from the manifest to a package."""

    range: Annotated[str, "the match spec or requirement"]
    kind: EdgeKind
    to: StepTarget


class Chains(TypedDict):
    """The ways from one line to a package."""

    line: Node | Line
    ways: Annotated[list[list[Step]], "the shortest ones, each from the line down"]
    total: Annotated[int, "how many there are"]


class Range(TypedDict):
    """What restricts the version of a package."""

    by: Annotated[Node | Line, "who restricts it"]
    range: Annotated[str, "the match spec or requirement"]
    ecosystem: Ecosystem
    kind: EdgeKind
    tightest_lower: Annotated[bool, "whether no other lower bound is higher"]
    tightest_upper: Annotated[bool, "whether no other upper bound is lower"]


class KnownMetadata(TypedDict):
    """How the metadata of a package from source is known."""

    origin: Annotated[
        Literal["manifest", "sdist", "wheel", "static", "prebuilt", "backend", "build", "pkg-info", "assumed", "conda"],
        "where it is from",
    ]
    place: Annotated[str | None, "the file and line that proves it"]
    refuted: Annotated[list[str], "what was believed earlier, and turned out to be wrong"]


class PrebuiltWheel(TypedDict):
    """A wheel that somebody else has built, and that takes the place of a build."""

    filename: str
    source: Annotated[str, "its address"]
    sha256: Annotated[str, "its hash"]
    why: Annotated[list[str], "what it claims, and how that fits"]


class UsingBuild(TypedDict):
    """A build that uses a package."""

    package: Annotated[Node | Line, "what is built"]
    requirement: str


class NotUsed(TypedDict):
    """A version that could not be used."""

    version: str
    older: Annotated[bool, "whether that holds for all older ones as well"]
    why: str


class WhyPackage(Node):
    """A package, and why it is there."""

    chains: Annotated[list[Chains], "what leads to it, the nearest line first"]
    ranges: Annotated[list[Range], "what restricts its version"]
    metadata: Annotated[KnownMetadata | None, "null for wheels and conda packages, which have it themselves"]
    prebuilt: Annotated[PrebuiltWheel | None, "the wheel that is used instead of a build; null if there is none"]
    builds: Annotated[list[UsingBuild], "the builds that use it"]
    not_used: Annotated[list[NotUsed], "newer versions that could not be used"]


class EnvWhy(TypedDict):
    """Why packages are there."""

    environment: str
    platform: str
    packages: list[WhyPackage]


class Cause(TypedDict):
    """Why something changed."""

    kind: Annotated[
        Literal[
            "required", "unfit", "released", "needed", "unneeded", "build", "machine", "settings", "unknown", "free"
        ],
        "see docs/inspecting.md",
    ]
    text: Annotated[str, "the reason, as a sentence"]
    by: Annotated[str | None, "the key of the package, or the place of the line, that is the reason"]
    range: Annotated[str | None, "what that asks for"]
    was: Annotated[str | None, "what it asked for before"]
    where: Annotated[Location | None, "the line of the manifest"]


class Change(TypedDict):
    """A package that is not what it was."""

    kind: Annotated[
        Literal["added", "removed", "upgraded", "downgraded", "moved", "changed", "rebuilt"],
        "moved is from one ecosystem to the other; changed is another artifact of the same version",
    ]
    name: str
    old: Annotated[Node | None, "what it was"]
    new: Annotated[Node | None, "what it is"]
    details: Annotated[list[str], "how it differs"]
    causes: Annotated[list[Cause], "why"]


class EnvironmentChanges(TypedDict):
    """How an environment on a platform changes."""

    environment: str
    platform: str
    state: Annotated[Literal["kept", "added", "removed"], "whether both versions have it"]
    packages: Annotated[int, "the number of packages"]
    changes: list[Change]


class EnvDiff(TypedDict):
    """Two versions of the lock."""

    old: Annotated[str, "the older one: a path or a revision"]
    new: Annotated[str, "the newer one"]
    environments: list[EnvironmentChanges]
