"""The keys of every document, their order, and the types below them: programs of others read these.

Who changes an expectation here changes the contract: it belongs into the changelog.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from packaging.utils import canonicalize_name

from interlock.audit.attestations import Publisher
from interlock.audit.doctor import Examination
from interlock.audit.osv import Advisory
from interlock.builds.publishing.index import Added
from interlock.builds.store.entry import Entry
from interlock.builds.store.store import Stored
from interlock.channel import ChannelReport
from interlock.cli import commands
from interlock.cli import json as json_modules
from interlock.cli.documents.commands import DOCUMENTS as DECLARED
from interlock.cli.documents.commands import VERDICTS
from interlock.cli.documents.json_schema import document_schema
from interlock.cli.json import (
    audit,
    cache,
    channel,
    edit,
    environment,
    export,
    graphs,
    install,
    lock,
    names,
    outdated,
    plugins,
    schema,
    shells,
    wheels,
)
from interlock.cli.json.envelope import answer_document, failure_document, verdict_document
from interlock.cli.parser import make_parser
from interlock.core.layout import Layout
from interlock.graph.changes import compare
from interlock.graph.tree import TreeOptions, make_tree
from interlock.graph.why import why
from interlock.install.listed import ListedPackage
from interlock.lock.model import Lock
from interlock.manifest.editing.dependency import Dependency
from interlock.manifest.editing.manifest_text import ManifestText
from interlock.manifest.model import Workspace
from interlock.pipeline.naming import NamedRecord
from interlock.plugins.manager import PluginInfo, Plugins
from interlock.project.advisories import Advised, Concern
from interlock.project.attestations import Attestations, Attested
from interlock.project.caching import BuildPackages, KnownWheels, Pruned, StoredWheels
from interlock.project.comparing import Comparison, EnvironmentChanges
from interlock.project.described import ConfinementInfo, EnvironmentInfo, LockInfo, ProjectInfo
from interlock.project.ecosystems import Choice
from interlock.project.examining import AuditedWheel
from interlock.project.exporting import ExportOutcome
from interlock.project.farm.results import Farm, Row
from interlock.project.initializing import Initialized
from interlock.project.listing import Listing
from interlock.project.locking import LockOutcome
from interlock.project.names import NameOrigins
from interlock.project.opening import Project
from interlock.project.outdated import OutdatedEnvironment, OutdatedPackage
from interlock.project.packing import PackOutcome
from interlock.project.publishing import Publication
from interlock.project.shells import Variables
from interlock.project.solved_edits import Edit
from interlock_hooks.types import (
    BuildMode,
    BuiltWheel,
    CodeStarted,
    Environment,
    EnvironmentRequest,
    IgnoredAdvisory,
    InfoSection,
    Location,
    NameOrigin,
    ProvidedDistribution,
    VirtualPackage,
)
from kit.hooks import FINDING
from kit.locked import graph, lines, locked, plan, record, sdist, wheel

COMMANDS = Path(commands.__file__).parent

ROOT = Path("/project")
EXT = sdist("ext 1.0", "numpy")
LOCKED = locked(
    record("python 3.12.7"),
    record("numpy 2.1", "python >=3.12"),
    pypi=[wheel("app 1.0", "numpy>=2"), EXT],
    provides={"numpy 2.1": "numpy"},
    plans=[plan(EXT, BuildMode.MATCHED, needs=["setuptools"], overlay=[wheel("setuptools 75.8.0")])],
)
EARLIER = locked(record("python 3.12.7"), record("numpy 2.1 1", "python >=3.12"), pypi=LOCKED.resolution.packages)
GRAPH = graph(LOCKED, lines(conda=["numpy >=2"], pypi=["app", "ext"]))
BUILT = BuiltWheel(
    name=canonicalize_name("ext"),
    version="1.0",
    path=Path("/cache/ext-1.0-py3-none-any.whl"),
    sha256="0" * 64,
    mode=BuildMode.MATCHED,
    seconds=1.2345,
    log=Path("/project/logs/ext.log"),
    imports=(canonicalize_name("numpy"),),
    toolchain=(("cc", "/usr/bin/cc"),),
    downloads=("files.example",),
)
ENVIRONMENT = Environment(
    locked=LOCKED,
    request=EnvironmentRequest(name="default", platform="linux-64", root=ROOT),
    prefix=ROOT / "envs/default",
    logs=ROOT / "logs",
    built=(BUILT,),
)
STORED = Stored(
    Entry(
        name="ext",
        version="1.0",
        mode="matched",
        sha256="0" * 64,
        size=12,
        seconds=1.5,
        log="/project/logs/ext.log",
        imports=(("numpy", "2.1"),),
        libraries=(("hdf5", "0" * 64),),
        missing=("cupy",),
        downloads=("files.example",),
        variables=(("CFLAGS", "-O2"),),
        toolchain=(("cc", "/usr/bin/cc"),),
    ),
    record=Path("/cache/index/00/key/entry.json"),
    wheel=BUILT.path,
    used=1.0,
)
EDIT_BEFORE = ManifestText(ROOT / "pixi.toml", "[workspace]\nchannels = []\n")
EDIT = Edit(
    project=Project(
        Workspace(
            name="p",
            root=ROOT,
            manifest=ROOT / "pixi.toml",
            files=(),
            declared_platforms=(),
            features={},
            environments={},
        ),
        Layout(ROOT),
        Plugins(),
        0,
    ),
    before=EDIT_BEFORE,
    after=ManifestText(ROOT / "pixi.toml", f'{EDIT_BEFORE.text}[dependencies]\nnumpy = ">=2"\n'),
    lock=Lock(),
    comparison=Comparison("before", "after", (EnvironmentChanges("default", "linux-64", "added", 4),)),
    environments=("default",),
    choices=(Choice(Dependency(ecosystem="conda", name="numpy", version=">=2"), "the channel x has it"),),
)
RAN = [
    CodeStarted(
        kind="backend",
        name="ext",
        version="1.0",
        step="metadata",
        source="https://files.example/ext-1.0.tar.gz",
        entry="setuptools.build_meta",
        why="only setup.py knows it",
    )
]
CODE_RUN = dict.fromkeys(("kind", "name", "version", "step", "source", "entry", "why"), "str")
EDITED = {
    "manifest": "str",
    "lock": "str",
    "changed": "bool",
    "added": [{"name": "str", "ecosystem": "str", "version": "str", "why": "str"}],
    "written": [{"file": "str", "line": "int", "key": "str", "old": "null", "new": "str"}],
    "environments": [
        {"environment": "str", "platform": "str", "state": "str", "packages": "int", "changes": []},
    ],
    "installed": "null",
    "ran": [CODE_RUN],
}
MOVED = {key: shape for key, shape in EDITED.items() if key != "added"}
OUTDATED = OutdatedEnvironment(
    environment="default",
    platform="linux-64",
    packages=(
        OutdatedPackage(name="torch", ecosystem="pypi", direct=True, locked="2.6.0", update="2.7.0", upgrade=None),
    ),
)
STORE = StoredWheels(Path("/cache"), (STORED,))
INFO = ProjectInfo(
    name="p",
    manifest="/project/pixi.toml",
    platform="linux-64",
    channels=("conda-forge",),
    virtual_packages=(VirtualPackage(name="__glibc", version="2.35"),),
    sections=(InfoSection(name="cuda", data={"driver": "13.0"}),),
    environments=(EnvironmentInfo("default", ("linux-64",), "/project/envs/default", installed=True),),
    lock=LockInfo("/project/interlock.lock", "current"),
    plugins=("rules",),
    confinement=ConfinementInfo(writing=True, network=True, denied=False, memory=False),
    cache="/cache",
    versions={"uv": "1.0"},
    unread=("/project/environment.yml",),
)
NAMED = NamedRecord(
    record("numpy 2.1"),
    (ProvidedDistribution(name=canonicalize_name("numpy"), version="2.1", record="numpy"),),
    NameOrigin(rule="map", source="map.json", where=Location(file="pixi.toml", line=3, key="map")),
)

NODE = {
    **dict.fromkeys(("key", "ecosystem", "name", "version", "artifact", "source"), "str"),
    "provides": [],
    "build_mode": "null",
    "build_of": "null",
}
PROVIDER = {**NODE, "provides": [{"name": "str", "version": "str", "rule": "str", "source": "null"}]}
LINE = {
    **dict.fromkeys(("key", "ecosystem", "text", "origin"), "str"),
    "where": {"file": "str", "line": "int", "key": "null"},
}
WHEEL = {
    **dict.fromkeys(("key", "name", "version", "mode", "wheel", "sha256"), "str"),
    "size": "int",
    "seconds": "float",
    "log": "str",
    "created": "float",
    "used": "float",
    "source": "str",
    "imports": {"numpy": "str"},
    "libraries": {"hdf5": "str"},
    "missing": ["str"],
    "downloads": ["str"],
    "variables": {"CFLAGS": "str"},
    "toolchain": {"cc": "str"},
}
BUILT_WHEEL = {
    "name": "str",
    "version": "str",
    "mode": "str",
    "seconds": "float",
    "from_store": "bool",
    "prebuilt": "bool",
    "imports": ["str"],
    "toolchain": {"cc": "str"},
    "downloads": ["str"],
    "wheel": "str",
    "log": "str",
}
REPORT = {
    "environment": "str",
    "platform": "str",
    "prefix": "str",
    "conda": [{"name": "str", "version": "str", "build": "str"}],
    "pypi": [{"name": "str", "version": "str"}],
    "built": [BUILT_WHEEL],
}

INSTALLED = install.install_document(
    install.environment_report(ENVIRONMENT), changed=True, relocked=True, seconds=2.5, ran=RAN
)
DOCUMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "env install": (
        INSTALLED,
        {**REPORT, "changed": "bool", "locked": "bool", "seconds": "float", "ran": [CODE_RUN]},
    ),
    "env install, up to date": (
        install.unchanged_document(install.environment_report(ENVIRONMENT)),
        {**REPORT, "changed": "bool", "locked": "bool", "ran": []},
    ),
    "env lock": (
        lock.lock_document(
            ROOT / "interlock.lock", LockOutcome(Lock().with_environment(LOCKED, digest="0" * 64), changed=True), RAN
        ),
        {
            "lock": "str",
            "changed": "bool",
            "environments": [
                {
                    "name": "str",
                    "platforms": [
                        {
                            "platform": "str",
                            "conda": "int",
                            "pypi": "int",
                            "builds": [{"name": "str", "mode": "str"}],
                        }
                    ],
                }
            ],
            "ran": [CODE_RUN],
        },
    ),
    "env list": (
        environment.list_document("default", Listing((ListedPackage("app", "1.0", "pypi", "wheel"),), installed=True)),
        {
            "environment": "str",
            "installed": "bool",
            "packages": [{"name": "str", "version": "str", "kind": "str", "source": "str"}],
        },
    ),
    "env info": (
        environment.info_document(INFO),
        {
            "name": "str",
            "manifest": "str",
            "platform": "str",
            "channels": ["str"],
            "virtual_packages": [{"name": "str", "version": "str", "build": "str", "origin": "str"}],
            "environments": [
                {"name": "str", "platforms": ["str"], "prefix": "str", "installed": "bool", "solve_group": "null"}
            ],
            "lock": {"path": "str", "state": "str"},
            "plugins": ["str"],
            "confinement": {"writing": "bool", "network": "bool", "denied": "bool", "memory": "bool"},
            "cache": "str",
            "versions": {"uv": "str"},
            "unread": ["str"],
            "cuda": {"driver": "str"},
        },
    ),
    "env map": (
        names.map_document("default", "numpy", NameOrigins((NAMED,), "lock", "linux-64")),
        {
            "environment": "str",
            "platform": "str",
            "name": "str",
            "from": "str",
            "packages": [
                {
                    "conda": {"name": "str", "version": "str", "build": "str", "channel": "str"},
                    "pypi": [{"name": "str", "version": "str"}],
                    "rule": "str",
                    "source": "str",
                    "where": {"file": "str", "line": "int", "key": "str"},
                }
            ],
        },
    ),
    "env run": (
        environment.run_document("default", ["python", "-V"], 0),
        {"environment": "str", "program": ["str"], "status": "int"},
    ),
    "env shell": (
        shells.shell_document("default", "bash", 0),
        {"environment": "str", "shell": "str", "status": "int"},
    ),
    "env shell-hook": (
        shells.hook_document("default", Variables({"PATH": "/p/bin"}, ["VIRTUAL_ENV"])),
        {"environment": "str", "environment_variables": {"PATH": "str"}, "unset_variables": ["str"]},
    ),
    "env exec": (
        environment.exec_document(ROOT / "envs/default", ["python", "-V"], 0),
        {"prefix": "str", "program": ["str"], "status": "int"},
    ),
    "schema": (
        schema.schema_document("manifest", {"type": "object"}),
        {"name": "str", "schema": {"type": "str"}},
    ),
    "completion": (shells.completion_document("bash", "complete"), {"shell": "str", "script": "str"}),
    "init": (
        edit.init_document(Initialized(ROOT / "pixi.toml", (ROOT / "pixi.toml",))),
        {"manifest": "str", "written": ["str"]},
    ),
    "env export": (
        export.export_document("pylock", ExportOutcome("text", (("default", "linux-64"),)), None, changed=False),
        {
            "format": "str",
            "environments": [{"name": "str", "platform": "str"}],
            "file": "null",
            "changed": "bool",
            "text": "str",
        },
    ),
    "env pack": (
        export.pack_document("default", PackOutcome(ROOT / "default.tar.gz", 10, 2, "0" * 64)),
        {"environment": "str", "file": "str", "size": "int", "files": "int", "sha256": "str"},
    ),
    "wheels build": (
        wheels.build_document(
            "default",
            Farm(
                combinations=1,
                builds=1,
                rows=(
                    Row(
                        combination=(("torch", "2.6"),),
                        status="built",
                        name="ext",
                        version="1.0",
                        seconds=1.5,
                        wheel=BUILT,
                        failure=(FINDING,),
                    ),
                ),
            ),
            dry_run=False,
            ran=RAN,
        ),
        {
            "environment": "str",
            "dry_run": "bool",
            "combinations": "int",
            "builds": "int",
            "wheels": [
                {
                    "combination": {"torch": "str"},
                    "name": "str",
                    "version": "str",
                    "status": "str",
                    "seconds": "float",
                    "wheel": "str",
                    "sha256": "str",
                    "log": "str",
                    "codes": ["str"],
                    "why": "str",
                }
            ],
            "ran": [CODE_RUN],
        },
    ),
    "wheels publish": (
        wheels.publish_document("default", Publication("wheels", (Added(ROOT / "a-1-py3-none-any.whl", "0" * 64),))),
        {"environment": "str", "place": "str", "wheels": [{"filename": "str", "sha256": "str", "added": "bool"}]},
    ),
    "env clean": (environment.clean_document([ROOT / "envs/default"]), {"removed": ["str"]}),
    "env why": (
        graphs.why_document(GRAPH, [why(GRAPH, GRAPH.nodes["conda:numpy"])]),
        {
            "environment": "str",
            "platform": "str",
            "packages": [
                {
                    **PROVIDER,
                    "chains": [
                        {
                            "line": LINE,
                            "ways": [
                                [
                                    {
                                        "range": "str",
                                        "kind": "str",
                                        "to": {"key": "str", "name": "str", "version": "str"},
                                    }
                                ]
                            ],
                            "total": "int",
                        }
                    ],
                    "ranges": [
                        {
                            "by": LINE,
                            "range": "str",
                            "ecosystem": "str",
                            "kind": "str",
                            "tightest_lower": "bool",
                            "tightest_upper": "bool",
                        }
                    ],
                    "metadata": "null",
                    "prebuilt": "null",
                    "builds": [],
                    "not_used": [],
                }
            ],
        },
    ),
    "env why, of a tool for building": (
        {
            "builds": graphs.why_document(GRAPH, [why(GRAPH, GRAPH.nodes["build:ext:setuptools"])])["packages"][0][
                "builds"
            ]
        },
        {"builds": [{"package": {**NODE, "build_mode": "str"}, "requirement": "str"}]},
    ),
    "env tree": (
        graphs.tree_document(GRAPH, make_tree(GRAPH, (), TreeOptions()), inverted=False),
        {
            "environment": "str",
            "platform": "str",
            "inverted": "bool",
            "roots": ["str"],
            "nodes": [PROVIDER],
            "edges": [{"from": "str", "to": "str", "range": "str", "ecosystem": "str", "kind": "str"}],
        },
    ),
    "env diff": (
        graphs.diff_document(
            Comparison(
                "HEAD",
                "interlock.lock",
                (EnvironmentChanges("default", "linux-64", "kept", 4, compare(graph(EARLIER), GRAPH)[:1]),),
            )
        ),
        {
            "old": "str",
            "new": "str",
            "environments": [
                {
                    "environment": "str",
                    "platform": "str",
                    "state": "str",
                    "packages": "int",
                    "changes": [
                        {
                            "kind": "str",
                            "name": "str",
                            "old": NODE,
                            "new": PROVIDER,
                            "details": ["str"],
                            "causes": [
                                {
                                    "kind": "str",
                                    "text": "str",
                                    "by": "null",
                                    "range": "null",
                                    "was": "null",
                                    "where": "null",
                                }
                            ],
                        }
                    ],
                }
            ],
        },
    ),
    "env add": (edit.edit_document(EDIT, changed=True, installed=None, ran=RAN), EDITED),
    "env import": (edit.edit_document(EDIT, changed=True, installed=None, ran=RAN), EDITED),
    "env remove": (
        edit.edit_document(EDIT, changed=True, installed=INSTALLED, ran=RAN),
        {
            **EDITED,
            "installed": {**REPORT, "changed": "bool", "locked": "bool", "seconds": "float", "ran": [CODE_RUN]},
        },
    ),
    "env update": (edit.moved_document(EDIT, changed=True, installed=None, ran=RAN), MOVED),
    "env upgrade": (edit.moved_document(EDIT, changed=True, installed=None, ran=RAN), MOVED),
    "env outdated": (
        outdated.outdated_document([OUTDATED], RAN),
        {
            "environments": [
                {
                    "environment": "str",
                    "platform": "str",
                    "packages": [
                        {
                            "name": "str",
                            "ecosystem": "str",
                            "direct": "bool",
                            "locked": "str",
                            "update": "str",
                            "upgrade": "null",
                        }
                    ],
                }
            ],
            "ran": [CODE_RUN],
        },
    ),
    "env doctor": (
        audit.doctor_document(Examination(ROOT, "3.12.7", 2, 3, 4, (FINDING,))),
        {
            "prefix": "str",
            "python": "str",
            "checked": {"conda packages": "int", "distributions": "int", "compiled modules": "int"},
            "errors": "int",
            "warnings": "int",
        },
    ),
    "audit": (
        audit.audit_document(ROOT, [AuditedWheel("a.whl", (FINDING,))]),
        {"prefix": "str", "wheels": [{"wheel": "str", "fits": "bool"}]},
    ),
    "audit, attestations": (
        audit.attestations_document(
            Attestations(
                files=(
                    Attested(
                        package=wheel("lib 1.0"),
                        environments=("default (linux-64)",),
                        state="verified",
                        publishers=(Publisher(kind="GitHub", identity="pypa/lib", workflow="release.yml"),),
                    ),
                ),
                unchecked=("own",),
                findings=(),
            )
        ),
        {
            "files": [
                {
                    "package": "str",
                    "version": "str",
                    "file": "str",
                    "sha256": "str",
                    "environments": ["str"],
                    "state": "str",
                    "publishers": [{"kind": "str", "identity": "str", "workflow": "str"}],
                    "why": "null",
                }
            ],
            "unchecked": ["str"],
        },
    ),
    "audit, advisories": (
        audit.advisories_document(
            Advised(
                database="https://osv.example",
                checked=1,
                unchecked=("own",),
                concerns=(
                    Concern(
                        advisory=Advisory(
                            id="GHSA-1",
                            name=canonicalize_name("lib"),
                            version="1.0",
                            aliases=("CVE-1",),
                            summary="bad",
                            fixed=("2.0",),
                        ),
                        required_by=("the project",),
                        environments=("default (linux-64)",),
                        ignored=IgnoredAdvisory(id="CVE-1", reason="not used"),
                    ),
                ),
                findings=(),
            )
        ),
        {
            "database": "str",
            "checked": "int",
            "unchecked": ["str"],
            "advisories": [
                {
                    "id": "str",
                    "aliases": ["str"],
                    "summary": "str",
                    "package": "str",
                    "version": "str",
                    "fixed": ["str"],
                    "required_by": ["str"],
                    "environments": ["str"],
                    "ignored": "str",
                }
            ],
        },
    ),
    "cache list": (
        cache.list_document(
            STORE,
            [BuildPackages(Path("/cache/layers/1"), ("torch 2.13",), 1.5)],
            KnownWheels(Path("/cache/wheel-files/v1"), 3, 4096),
        ),
        {
            "store": "str",
            "wheels": [WHEEL],
            "build_packages": [{"path": "str", "packages": ["str"], "used": "float"}],
            "wheel_files": {"path": "str", "wheels": "int", "size": "int"},
        },
    ),
    "cache show": (cache.show_document([STORED]), {"wheels": [{**WHEEL, "provenance": "null", "signed_by": []}]}),
    "cache prune": (
        cache.prune_document(
            Pruned(
                STORE,
                (Path("/cache/prefix"),),
                (Path("/cache/layers/1"),),
                (Path("/cache/build"),),
                (Path("/cache/exec/1"),),
                (Path("/cache/wheel-files/v1/1.json"),),
            )
        ),
        {
            "removed": [WHEEL],
            "prefixes": ["str"],
            "build_packages": ["str"],
            "builds": ["str"],
            "environments": ["str"],
            "wheel_files": ["str"],
        },
    ),
    "cache verify": (
        cache.verify_document(STORE, ()),
        {"store": "str", "verified": "int", "build_packages": "int"},
    ),
    "channel build": (
        channel.build_document(ChannelReport(ROOT, ("a.conda",), ("b.conda",), (), 1.0)),
        {"channel": "str", "built": ["str"], "kept": ["str"]},
    ),
    "plugins list": (
        plugins.list_document([PluginInfo("rules", "p", "1", builtin=False, enabled=True, hooks=("h",))]),
        {
            "plugins": [
                {
                    "name": "str",
                    "distribution": "str",
                    "version": "str",
                    "builtin": "bool",
                    "enabled": "bool",
                    "hooks": ["str"],
                }
            ]
        },
    ),
    "an answer": (
        answer_document("x", {"data": 1}, []),
        {"command": "str", "ok": "bool", "data": "int", "findings": []},
    ),
    "a verdict": (
        verdict_document("x", {"data": 1}, [], 4),
        {"command": "str", "ok": "bool", "exit_code": "int", "data": "int", "findings": []},
    ),
    "a failure": (
        failure_document("x", [], 4),
        {"command": "str", "ok": "bool", "exit_code": "int", "findings": []},
    ),
    "a failure after code ran": (
        failure_document("x", [], 4, RAN),
        {"command": "str", "ok": "bool", "exit_code": "int", "findings": [], "ran": [CODE_RUN]},
    ),
}


def shape(value: object) -> object:
    """The type of JSON that a value has; of a list that of the first element."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return "null" if value is None else type(value).__name__


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_shape_of_a_document(name: str) -> None:
    document, expected = DOCUMENTS[name]
    # Through JSON: what is there is what a reader gets, and in this order.
    assert json.dumps(shape(json.loads(json.dumps(document))), indent=1) == json.dumps(expected, indent=1)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.partition(",")[0] in DECLARED])
def test_a_document_is_what_its_schema_says(name: str) -> None:
    command, _, part = name.partition(",")
    validator = Draft202012Validator(document_schema(command, strict=True))
    validator.validate(failure_document(command, [FINDING], 130, RAN))
    if "of a tool" in part:  # is only one key
        return
    document = answer_document(command, DOCUMENTS[name][0], [FINDING])
    if command in VERDICTS:
        document = verdict_document(command, DOCUMENTS[name][0], [FINDING], 4)
    validator.validate(json.loads(json.dumps(document)))


def test_every_command_is_here() -> None:
    groups = _subcommands(make_parser("interlock"))
    leaves = {f"{group} {name}" for group, parser in groups.items() for name in _subcommands(parser)}
    leaves |= {group for group, parser in groups.items() if not _subcommands(parser)}
    assert leaves - set(DOCUMENTS) == set()


def _subcommands(parser: Any) -> dict[str, Any]:
    (actions,) = [action.choices for action in parser._actions if isinstance(action.choices, dict)] or [{}]
    return dict(actions)


@pytest.mark.parametrize("path", sorted(COMMANDS.glob("[!_]*.py")), ids=lambda path: path.stem)
def test_a_command_prints_what_these_modules_make(path: Path) -> None:
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imports = [each for each in tree if isinstance(each, ast.ImportFrom)]
    makers = {
        name.name for each in imports if str(each.module).startswith(json_modules.__name__) for name in each.names
    }
    calls = [each for each in tree if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute)]
    printed = [each.args[0] for each in calls if ast.unparse(each.func) in ("output.document", "output.verdict")]
    assert printed
    assert {ast.unparse(each.func) if isinstance(each, ast.Call) else ast.unparse(each) for each in printed} <= makers
