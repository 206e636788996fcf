"""Locks as they come from a merge, an editor, a newer release or a full disk: a whole lock, changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

import tomli
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from interlock.lock.model import Lock
from interlock.lock.writer import render
from interlock_hooks.types import Artifact, BuildMode, Index, LockedEnvironment, Metadata
from kit import locked
from kit.strategies import toml, words
from kit.strategies.damage import changed

ROOT = Path("/elsewhere/project")


def _environment(name: str = "default", python: str = "3.12.7") -> LockedEnvironment:
    torch = locked.wheel("torch 2.6.0", "numpy>=2", "sympy==1.13.1 ; python_version >= '3.9'")
    built = locked.sdist("flash-attn 2.7.4", "torch", "einops[x]")
    cloned = replace(
        locked.sdist("flask 3.1.0"),
        artifact=Artifact(kind="git", url="https://example.com/flask.git", commit="ab" * 20, subdirectory="x"),
    )
    own = replace(
        locked.sdist("mylib 0+assumed", "flask>=3"),
        artifact=Artifact(kind="directory", url=(ROOT / "package").as_uri(), editable=True),
        index=None,
    )
    ninja = locked.wheel("ninja 1.11")
    found = locked.locked(
        replace(
            locked.record(f"python {python} h1_0", "libzlib >=1.3,<2.0a0", "__glibc >=2.17"),
            timestamp=1_700_000_000_000,
        ),
        replace(
            locked.record(
                "numpy 2.1.3 py312_0", "python >=3.12,<3.13.0a0", "python_abi 3.12.*", constrains=("scipy <1",)
            ),
            sha256="0" * 64,
            md5="cd" * 16,
            size=12,
            purls=("pkg:pypi/numpy@2.1.3",),
            license="BSD",
        ),
        replace(locked.record("tool 1.0", "python"), noarch="python", purls=()),
        locked.record("libzlib 1.3.1 hb9d_2", constrains=("zlib 1.3.1 *_2",)),
        pypi=(torch, built, cloned, own, locked.wheel("einops 0.8"), locked.wheel("sympy 1.13.1")),
        provides={"numpy 2.1.3": "numpy", "tool 1.0": "tool"},
        plans=(
            locked.plan(
                built,
                BuildMode.MATCHED,
                needs=("ninja", "setuptools>=61"),
                matched=("torch",),
                overlay=(ninja, torch),
                imports=("torch",),
                variables={"MAX_JOBS": "2"},
            ),
            locked.plan(own),
            locked.plan(cloned, BuildMode.NO_ISOLATION),
        ),
        machine={"__glibc": "2.28", "__cuda": "12.4"},
        name=name,
    )
    said = Metadata(
        name=canonicalize_name("flash-attn"), version="2.7.4", requires_dist=("torch", "einops"), origin="backend"
    )
    return replace(found, resolution=replace(found.resolution, metadata=(said,)))


_INDEXES = (
    Index(url="https://index.example/simple", default=True),
    Index(url=(ROOT / "flat").as_uri(), name="f", format="flat"),
)


def _with(lock: Lock, environment: LockedEnvironment, number: int) -> Lock:
    digest = f"sha256:{number:064}"
    return lock.with_environment(environment, digest=digest, indexes=_INDEXES, find_links=((ROOT / "wheels").as_uri(),))


ONE = _with(Lock(), _environment(), 0)
LOCK = _with(_with(ONE, replace(_environment(), platform="osx-arm64"), 1), _environment("test", "3.11.9"), 2)
DOCUMENT, SMALL = (tomli.loads(render(lock, ROOT)) for lock in (LOCK, ONE))
_keys = st.sampled_from(sorted(set(toml.all_keys(DOCUMENT)))) | toml.keys
# Labels by which environments refer to packages.
_labels = sorted(DOCUMENT["environments"]["default"]["platforms"]["linux-64"]["resolution"]["packages"])
_texts = words.texts | words.match_specs | words.requirements | st.sampled_from(_labels)


@st.composite
def locks_with(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """A lock of the right form, as a plugin, a backend or an attacker may fill it: a few of its texts are of these."""
    chosen = draw(st.dictionaries(st.integers(0, _TEXTS - 1), texts, min_size=1, max_size=3))
    odd = replace(_replaced(_environment(), count(), chosen), name="default", platform="linux-64")
    return render(_with(Lock(), odd, 0), ROOT).encode()


def _replaced(value: Any, numbers: Iterator[int], chosen: Mapping[int, str]) -> Any:
    """The value with the texts of these numbers, counted from the first one on, replaced."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return chosen.get(next(numbers), value)
    if isinstance(value, tuple):
        return tuple(_replaced(item, numbers, chosen) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        inner = {field.name: _replaced(getattr(value, field.name), numbers, chosen) for field in fields(value)}
        return replace(value, **inner)
    return value


def _count(value: Any) -> int:
    numbers = count()
    _replaced(value, numbers, {})
    return next(numbers)


_TEXTS = _count(_environment())

lock_files: st.SearchStrategy[bytes] = st.one_of(
    toml.texts(changed((SMALL, SMALL, DOCUMENT), _texts, toml.values, _keys)), locks_with(_texts)
)
"""The bytes of a lock."""
