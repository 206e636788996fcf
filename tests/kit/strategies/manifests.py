"""Manifests in every dialect: complete valid ones, changed; with what users may write in each place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tomli
from hypothesis import strategies as st

from kit.strategies import toml, words
from kit.strategies.conda_files import conda_files
from kit.strategies.damage import changed

# All that pixi's tables take, at the top level of a pixi.toml and below tool.pixi in a pyproject.toml.
PIXI = """\
[workspace]
name = "demo"
version = "1.0"
channels = ["./channel", { channel = "nvidia", priority = 1 }]
platforms = ["linux-64", "osx-arm64"]
channel-priority = "disabled"
solve-strategy = "highest"
exclude-newer = "7d"
pypi-exclude-newer = 2026-01-31
description = "of all"
conda-pypi-map.nvidia = { mapping = { pytorch = "torch", air = ["a", "b"], none = false }, mapping-mode = "replace" }
conda-pypi-map."./channel" = "https://example.com/map.json"
[workspace.dependencies]
zlib = { version = "1.*", build = "x" }
[dependencies]
python = "3.12.*"
zlib = { workspace = true, channel = "nvidia" }
tool = { url = "https://example.com/tool-1.0-0.conda" }
rare = { version = "*", when = { all = ["__cuda", { any = ["python >=3", { package = "a", build = "b" }] }] } }
numpy = { version = ">=2,<3", build = "*openblas*", build-number = ">=1", channel = "nvidia", subdir = "linux-64" }
openssl = { version = "3", md5 = "00000000000000000000000000000000", file-name = "x", license = "MIT" }
[host-dependencies]
cmake = "*"
[build-dependencies]
make = "4"
[constraints]
libstdcxx = "<15"
[pypi-dependencies]
requests = ">=2.32"
black = { version = "*", extras = ["jupyter"], env-markers = "sys_platform == 'linux'" }
torch = { version = "==2.6.0", index = "https://example.com/whl/cu124" }
flask = { git = "https://example.com/flask.git", tag = "3.1.0", subdirectory = "x" }
mylib = { path = "package", editable = true }
wheel = { url = "https://example.com/wheel-1.0-py3-none-any.whl" }
[pypi-options]
index-url = "https://example.com/simple"
extra-index-urls = ["https://example.com/extra"]
find-links = [{ path = "./wheels" }, { url = "https://example.com/links.html" }]
index-strategy = "first-index"
prerelease-mode = "if-necessary-or-explicit"
no-build-isolation = ["flash-attn"]
no-build = ["torch"]
no-binary = false
dependency-overrides = { numpy = ">=2" }
[system-requirements]
cuda = "12.4"
linux = "5.10"
macos = "13.0"
archspec = "x86_64"
libc = { family = "glibc", version = "2.28" }
[activation]
scripts = ["setup.sh"]
env = { OMP_NUM_THREADS = "4" }
[target.linux.dependencies]
gxx = "13.*"
[target.unix.activation]
env = { A = "b" }
[feature.gpu]
channels = ["nvidia"]
platforms = ["linux-64"]
system-requirements = { cuda = "12.6" }
channel-priority = "disabled"
dependencies = { cuda-toolkit = "12.4.*" }
pypi-options = { no-build-isolation = true }
[feature.test.pypi-dependencies]
pytest = "*"
[feature.test.target.osx-arm64.dependencies]
clang = "*"
[environments]
gpu = ["gpu", "test"]
lint = { features = ["test"], no-default-feature = true, solve-group = "x" }
docs = { features = ["test"], platforms = ["osx-64"], channels = ["nvidia"], dependencies = { mkdocs = "*" } }
"""
INTERLOCK = """\
[tool.interlock.solve]
prefer = "pypi"
from-pypi = ["numpy"]
[tool.interlock.build]
discovery = "auto"
jobs = 2
memory-per-job = "4GB"
network = "deny"
writable = ["~/.ccache"]
timeout = 7200
store = ["./wheels", { url = "s3://bucket/wheels", write = true }]
[tool.interlock.audit]
wheels = "direct"
trust = ["torch"]
[tool.interlock.build.packages.flash-attn]
mode = "matched"
requirements = ["ninja", { requirement = "torch", match-runtime = true }]
variables = { FORCE_BUILD = "TRUE" }
config-settings = { debug = "false", flags = ["a"], fast = true }
[tool.interlock.cuda]
torch-backend = "auto"
torch-index = "https://mirror.example/whl/{backend}"
architectures = ["8.0", "9.0"]
coherence = "error"
"""
# The standard tables, and uv's.
STANDARD = """\
[project]
name = "under-test"
version = "1.0"
requires-python = ">=3.11,<3.13"
dependencies = ["numpy>=2", "torch", "mylib", "flash-attn==2.*; sys_platform == 'linux'", "plain @ file:./package"]
[project.optional-dependencies]
plot = ["matplotlib", "under-test[all]"]
all = ["tqdm"]
[dependency-groups]
lint = ["ruff"]
test = ["pytest; extra == 'x'", { include-group = "lint" }]
[tool.uv]
no-build-isolation-package = ["flash-attn"]
override-dependencies = ["numpy>=2", "six; python_version < '3'"]
constraint-dependencies = ["urllib3<3"]
build-constraint-dependencies = ["setuptools<81"]
dev-dependencies = ["mypy"]
prerelease = "if-necessary"
index-strategy = "first-index"
exclude-newer = 2026-01-31T00:00:00Z
no-binary-package = ["mylib"]
no-build = false
torch-backend = "cu124"
config-settings = { editable_mode = "compat" }
environments = ["sys_platform == 'linux'", "sys_platform == 'darwin' and platform_machine == 'arm64'"]
extra-index-url = ["https://example.com/extra"]
find-links = ["./wheels"]
[tool.uv.sources]
mylib = { path = "package", editable = true }
torch = [{ index = "pytorch", marker = "sys_platform == 'linux'" }, { url = "https://example.co/t-1-py3-none-any.whl" }]
flash-attn = { git = "https://example.com/flash.git", rev = "main" }
[[tool.uv.index]]
name = "pytorch"
url = "https://example.com/whl/cu124"
explicit = true
[[tool.uv.index]]
url = "https://example.com/flat"
format = "flat"
default = true
[tool.uv.extra-build-dependencies]
flash-attn = ["ninja", { requirement = "torch", match-runtime = true }]
[tool.uv.extra-build-variables]
flash-attn = { DS_BUILD_OPS = "0" }
[tool.uv.config-settings-package]
mylib = { debug = "true" }
[[tool.uv.dependency-metadata]]
name = "deepspeed"
version = "0.16.4"
requires-dist = ["torch", "numpy"]
requires-python = ">=3.8"
provides-extra = ["x"]
"""


# Platforms that promise something themselves: then system-requirements cannot.
RICH = """\
[workspace]
platforms = ["linux-64", "osx-arm64", { name = "linux-gpu", platform = "linux-64", cuda = "12.4", glibc = "2.28" }]
[target.linux-gpu.pypi-dependencies]
cupy = "*"
"""


def _pixi_toml() -> dict:
    document, rich = tomli.loads(PIXI + INTERLOCK), tomli.loads(RICH)
    del document["system-requirements"], document["feature"]["gpu"]["system-requirements"]
    del document["environments"]["docs"]["platforms"]
    document["workspace"] |= rich["workspace"]
    document["target"] |= rich["target"]
    return document


def _pyproject() -> dict:
    both = tomli.loads(STANDARD + INTERLOCK)
    pixi = tomli.loads(PIXI)
    del pixi["pypi-options"]["index-url"]
    both["tool"]["pixi"] = {**pixi, "environments": {**pixi["environments"], "plot": ["plot", "lint"]}}
    return both


PIXI_TOML, PYPROJECT, ONLY_STANDARD = _pixi_toml(), _pyproject(), tomli.loads(STANDARD)
# Where nothing has gone wrong before, what a change breaks is seen later: small documents go further than large ones.
SMALL = {
    "project": {"name": "small", "dependencies": ["a>=1 ; sys_platform == 'linux'"]},
    "tool": {
        "pixi": {
            "workspace": {"channels": ["./channel"], "platforms": ["linux-64"]},
            "dependencies": {"python": "3.12.*"},
            "pypi-dependencies": {"b": {"version": "*", "markers": "os_name == 'posix'"}},
        },
        "uv": {
            "constraint-dependencies": ["c<3"],
            "sources": {"a": {"index": "i", "marker": "os_name != 'nt'"}},
            "index": [{"name": "i", "url": "https://example.com/simple"}],
        },
    },
}
_KNOWN = sorted({key for document in (PIXI_TOML, PYPROJECT) for key in toml.all_keys(document)})
_keys = st.sampled_from(_KNOWN) | toml.keys


def _named(name: str, *documents: dict) -> st.SearchStrategy[tuple[str, bytes]]:
    return st.tuples(st.just(name), toml.texts(changed(documents, words.texts, toml.values, _keys)))


@dataclass(frozen=True)
class _Words:
    """The small texts of one manifest."""

    names: st.SearchStrategy[str]
    requirements: st.SearchStrategy[str]
    specifiers: st.SearchStrategy[str]
    markers: st.SearchStrategy[str]
    urls: st.SearchStrategy[str]
    places: st.SearchStrategy[str]
    platforms: st.SearchStrategy[str]
    cutoffs: st.SearchStrategy[str]


_ANY = _Words(
    words.names,
    words.requirements,
    words.specifiers,
    words.markers,
    words.urls,
    words.paths,
    words.platforms,
    words.cutoffs,
)
_LEGAL = _Words(
    st.sampled_from(words.LEGAL_NAMES),
    words.legal_requirements,
    words.legal_specifiers,
    words.legal_markers,
    words.legal_urls,
    st.sampled_from(("package", "./package", ".", "package/../package")),
    st.sampled_from(("linux-64", "linux-64", "osx-arm64", "win-64", "zos-z", "noarch")).filter(
        lambda name: name != "noarch"
    ),
    st.sampled_from(("7d", "P7D", "2026-01-31", "9999-12-31", "0001-01-01", "6 months", "0s", "36:00:00")),
)


@st.composite
def _with_words(draw: st.DrawFn, said: _Words) -> tuple[str, bytes]:
    """A manifest whose every value has the right type, with odd requirements, markers, versions, URLs and paths."""
    several = {"max_size": 2}
    project: dict[str, Any] = {"name": draw(said.names), "dependencies": draw(st.lists(said.requirements, **several))}
    if draw(st.booleans()):
        project["requires-python"] = draw(said.specifiers)
    uv: dict[str, Any] = {}
    if draw(st.booleans()):
        keys = st.sampled_from(("constraint-dependencies", "override-dependencies", "build-constraint-dependencies"))
        uv = {draw(keys): draw(st.lists(said.requirements, max_size=2)), "environments": [draw(said.markers)]}
        kind = draw(st.sampled_from(("url", "path", "git")))
        source = {kind: draw(said.places if kind == "path" else said.urls), "marker": draw(said.markers)}
        uv["sources"] = {draw(said.names): draw(st.sampled_from((source, [source, source])))}
        uv["index"] = [{"name": "i", "url": draw(said.urls | said.places)}]
        uv["dependency-metadata"] = [
            {"name": draw(said.names), "requires-dist": draw(st.lists(said.requirements, **several))}
        ]
    pixi: dict[str, Any] = {
        "workspace": {
            "channels": draw(st.lists(said.urls | said.places | said.names, **several)),
            "platforms": ["linux-64"],
        },
        "dependencies": {draw(said.names): "*", "python": "3.12.*"},
        "pypi-dependencies": {
            draw(said.names): {"version": draw(said.specifiers), "markers": draw(said.markers)},
            draw(said.names): draw(said.specifiers),
        },
    }
    if draw(st.booleans()):
        pixi["workspace"] |= {"platforms": [draw(said.platforms)], "exclude-newer": draw(said.cutoffs)}
        pixi["system-requirements"] = {draw(_requirement_keys): draw(_versions)}
        pixi["dependencies"][draw(said.names)] = draw(said.specifiers)
    data = {"project": project, "tool": {"pixi": pixi, "uv": uv}}
    return "pyproject.toml", toml.written(data, "tables").encode()


_requirement_keys = st.sampled_from(("cuda", "linux", "archspec", "macos", "libc"))
_versions = words.versions | st.sampled_from(("2", "2.99", "99999999999999", "2.99999999999", "0", "1.2.3.4.5"))
manifests: st.SearchStrategy[tuple[str, bytes]] = st.one_of(
    _named("pixi.toml", PIXI_TOML, PIXI_TOML, SMALL["tool"]["pixi"]),
    _named("pyproject.toml", PYPROJECT, ONLY_STANDARD, SMALL),
    _with_words(_ANY),
    _with_words(_LEGAL),
    conda_files,
)
"""The name of a manifest and its bytes."""
