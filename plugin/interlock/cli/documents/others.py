"""``channel build``, ``plugins list`` and ``schema``."""

from typing import Annotated, Any, TypedDict


class ChannelBuild(TypedDict):
    """A channel that was made."""

    channel: Annotated[str, "its URL"]
    built: Annotated[list[str], "the packages that were made"]
    kept: Annotated[list[str], "the packages that were there"]


class Plugin(TypedDict):
    """A plugin that could run."""

    name: str
    distribution: Annotated[str, "the distribution that brings it"]
    version: str
    builtin: Annotated[bool, "whether it comes with Interlock, and always runs"]
    enabled: Annotated[bool, "whether the manifest names it"]
    hooks: Annotated[list[str], "the hooks that it implements"]


class PluginsList(TypedDict):
    """All plugins."""

    plugins: list[Plugin]


class SchemaOf(TypedDict):
    """A JSON Schema."""

    name: Annotated[str, "what it is of"]
    schema: Annotated[dict[str, Any], "the schema"]
