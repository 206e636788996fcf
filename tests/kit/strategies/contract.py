"""Hypothesis strategies for the data types that cross the hooks, and for locks made of them."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from packaging.utils import canonicalize_name

from interlock.lock.model import EnvironmentEntry, Lock, LockedPlatform
from interlock_hooks.types import (
    Artifact,
    ArtifactKind,
    BuildMode,
    BuildPlan,
    BuildRequirement,
    CondaRecord,
    CondaSolution,
    Index,
    Location,
    LockedEnvironment,
    Metadata,
    ProvidedDistribution,
    PyPIPackage,
    PythonTarget,
    Resolution,
    VirtualPackage,
    VirtualPackageOrigin,
)

PLATFORMS = ("linux-64", "linux-aarch64", "osx-arm64", "noarch")

# Drawn from short lists, so that labels collide often and whole locks are quick to make; `texts` varies freely.
names = st.sampled_from([canonicalize_name(name) for name in ("a", "b2", "flash-attn", "torch", "zope-x")])
versions = st.sampled_from(["1", "1.0", "2.6.0", "3.12.7", "1.0rc1", "2.0.post1", "2.6.0+cu124", "1!2.0"])
platforms = st.sampled_from(PLATFORMS)
hex64 = st.sampled_from(["0" * 64, "ab" * 32, "5f" * 32])
hex32 = st.sampled_from(["0" * 32, "cd" * 16])
sizes = st.integers(min_value=0, max_value=2**53)
# Anything a manifest, a recipe or a backend may say, except what UTF-8 cannot hold.
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    [
        '">=1,<2"',
        "${ROOT}",
        "$${ROOT}/x",
        "file://${ROOT}",
        "tab\there",
        "two\nlines",
        "ünï",
        "./here",
        "#",
        "\x00",
        "\\",
    ]
)
words = st.sampled_from(["py312_0", "MAX_JOBS", "x", "CUDA_HOME", "main"])
requirements = st.sampled_from(["torch", "b2>=1.0", "numpy==2.0 ; python_version < '3.13'", "a @ file:///elsewhere/a"])
segments = st.sampled_from(["a-1.0-h1_0.conda", "a-1.0-py3-none-any.whl", "b_2-1%2Bcu1.tar.gz", "lib", "x=y~z"])
urls = st.builds(
    "{}{}".format,
    st.sampled_from(["https://host.example/", "file:///elsewhere/", "ssh://git@host.example/", "https://host:8080/x/"]),
    segments,
)


def tuples(items: SearchStrategy, max_size: int = 2) -> SearchStrategy:
    """Tuples of a few items."""
    return st.lists(items, max_size=max_size).map(tuple)


def one_of_each_name(items: SearchStrategy) -> SearchStrategy:
    """Up to two of the items, as an environment holds packages."""
    return st.lists(items, max_size=2, unique_by=lambda item: item.name).map(tuple)


def mappings(values: SearchStrategy) -> SearchStrategy:
    """Pairs of a name and a value, each name once."""
    return st.dictionaries(words, values, max_size=2).map(lambda items: tuple(items.items()))


virtual_packages = st.builds(
    VirtualPackage,
    name=words.map("__{}".format),
    version=versions,
    build=texts,
    origin=st.sampled_from(get_args(VirtualPackageOrigin)),
)
records = st.builds(
    CondaRecord,
    name=names,
    version=versions,
    build=words,
    build_number=st.integers(min_value=0, max_value=2**31),
    subdir=platforms,
    url=urls,
    file_name=segments,
    channel=urls | words,
    sha256=st.none() | hex64,
    md5=st.none() | hex32,
    size=st.none() | sizes,
    depends=tuples(texts),
    constrains=tuples(texts),
    purls=st.none() | tuples(texts),
    noarch=st.none() | st.sampled_from(["python", "generic"]),
    license=st.none() | texts,
    timestamp=st.none() | sizes,
    track_features=tuples(words),
    python_site_packages_path=st.none() | segments,
)
artifacts = st.builds(
    Artifact,
    kind=st.sampled_from(get_args(ArtifactKind)),
    url=urls,
    filename=st.none() | segments,
    sha256=st.none() | hex64,
    size=st.none() | sizes,
    commit=st.none() | hex32,
    subdirectory=st.none() | segments,
    editable=st.booleans(),
)
packages = st.builds(
    PyPIPackage,
    name=names,
    version=versions,
    artifact=artifacts,
    requires=tuples(requirements),
    extras=tuples(names),
    index=st.none() | urls,
)
provided = st.builds(ProvidedDistribution, name=names, version=versions, record=texts)
metadata = st.builds(
    Metadata,
    name=names,
    version=st.none() | versions,
    requires_dist=tuples(requirements | texts),
    requires_python=st.none() | texts,
    provides_extra=tuples(names),
    origin=st.sampled_from(["manifest", "backend", "assumed"]),
)
targets = st.builds(
    PythonTarget,
    version=versions,
    platform=platforms,
    implementation=st.sampled_from(["cpython", "pypy"]),
    glibc=st.none() | versions,
    macos=st.none() | versions,
)
# Where something stands is not kept, and tells no locks apart.
places = st.none() | st.builds(Location, file=texts, line=st.none() | st.integers(1, 99), key=st.none() | texts)
build_requirements = st.builds(
    BuildRequirement, requirement=requirements, match_runtime=st.booleans(), origin=texts, where=places
)
plans = st.builds(
    BuildPlan,
    package=packages,
    mode=st.sampled_from(BuildMode),
    requirements=tuples(build_requirements),
    overlay=tuples(packages, 2),
    base_records=tuples(texts),
    variables=mappings(texts),
    config_settings=mappings(texts | tuples(texts)),
    after=tuples(names),
    imports=st.none() | tuples(names),
)
indexes = st.builds(
    Index,
    url=urls,
    name=st.none() | words,
    default=st.booleans(),
    explicit=st.booleans(),
    format=st.sampled_from(["simple", "flat"]),
)


@st.composite
def locked_environments(draw: st.DrawFn, name: str | None = None, platform: str | None = None) -> LockedEnvironment:
    """An environment whose plans build packages that may or may not be shared with the resolution."""
    own = draw(one_of_each_name(packages))
    chosen = draw(platforms) if platform is None else platform
    return LockedEnvironment(
        name=draw(names) if name is None else name,
        platform=chosen,
        conda=CondaSolution(
            platform=chosen,
            records=draw(one_of_each_name(records)),
            virtual_packages=draw(tuples(virtual_packages)),
            channels=draw(tuples(urls | words)),
        ),
        resolution=Resolution(
            python=draw(targets), packages=own, provided=draw(tuples(provided)), metadata=draw(tuples(metadata))
        ),
        plans=draw(tuples(plans, 2)),
    )


@st.composite
def environment_entries(draw: st.DrawFn, name: str) -> EnvironmentEntry:
    """An environment on one or more platforms."""
    chosen = draw(st.lists(platforms, unique=True, max_size=2))
    return EnvironmentEntry(
        name=name,
        indexes=draw(tuples(indexes, 2)),
        find_links=draw(tuples(urls, 2)),
        platforms=tuple(
            LockedPlatform(digest=draw(hex64), environment=draw(locked_environments(name, platform)))
            for platform in chosen
        ),
    )


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    """A whole lock; environment names may need quotes in TOML."""
    chosen = draw(st.lists(names | st.sampled_from(["py3.12", "a b", "ü"]), unique=True, max_size=2))
    return Lock(environments=tuple(draw(environment_entries(name)) for name in chosen))
