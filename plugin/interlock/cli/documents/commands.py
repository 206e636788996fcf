"""The documents by command."""

from collections.abc import Mapping
from typing import Any

from interlock.cli.documents.audit import Advisories, Attestations, Audit, EnvDoctor
from interlock.cli.documents.cache import CacheList, CachePrune, CacheShow, CacheVerify
from interlock.cli.documents.edit import EditedManifest, Init, MovedLock
from interlock.cli.documents.environment import EnvClean, EnvExec, EnvInfo, EnvList, EnvRun
from interlock.cli.documents.export import EnvExport, EnvPack
from interlock.cli.documents.graphs import EnvDiff, EnvTree, EnvWhy
from interlock.cli.documents.install import EnvInstall
from interlock.cli.documents.lock import EnvLock
from interlock.cli.documents.names import EnvMap
from interlock.cli.documents.others import ChannelBuild, PluginsList, SchemaOf
from interlock.cli.documents.outdated import EnvOutdated
from interlock.cli.documents.shared import Page
from interlock.cli.documents.shells import Completion, EnvShell, EnvShellHook
from interlock.cli.documents.wheels import WheelsBuild, WheelsPublish

# The types of what is in the document of a command beside `command`, `ok` and `findings`; the first is the usual one.
DOCUMENTS: Mapping[str, tuple[Any, ...]] = {
    "init": (Init,),
    "env install": (EnvInstall,),
    "env lock": (EnvLock,),
    "env add": (EditedManifest,),
    "env remove": (EditedManifest,),
    "env import": (EditedManifest,),
    "env update": (MovedLock,),
    "env upgrade": (MovedLock,),
    "env outdated": (EnvOutdated,),
    "env list": (EnvList,),
    "env info": (EnvInfo, Page),
    "env map": (EnvMap,),
    "env why": (EnvWhy,),
    "env tree": (EnvTree, Page),
    "env diff": (EnvDiff,),
    "env run": (EnvRun,),
    "env shell": (EnvShell,),
    "env shell-hook": (EnvShellHook,),
    "env exec": (EnvExec,),
    "env export": (EnvExport,),
    "env pack": (EnvPack,),
    "env doctor": (EnvDoctor,),
    "env clean": (EnvClean,),
    "wheels build": (WheelsBuild,),
    "wheels publish": (WheelsPublish,),
    "channel build": (ChannelBuild,),
    "plugins list": (PluginsList,),
    "cache list": (CacheList,),
    "cache show": (CacheShow,),
    "cache prune": (CachePrune,),
    "cache verify": (CacheVerify,),
    "audit": (Audit, Advisories, Attestations),
    "completion": (Completion,),
    "schema": (SchemaOf,),
}
# Documents that say with their findings how it went: they have an exit code also where there is a result.
VERDICTS = frozenset({"env outdated", "env doctor", "audit", "wheels build"})
# Those to which plugins add.
OPEN = frozenset({EnvInfo})
