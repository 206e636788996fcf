"""The document of ``env map``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interlock.cli.documents.names import EnvMap, MappedPackage
    from interlock.pipeline.naming import NamedRecord
    from interlock.project.names import NameOrigins


def map_document(environment: str, name: str, found: NameOrigins) -> EnvMap:
    """The records that a name is about; ``from`` is ``lock`` or ``channels``."""
    return {
        "environment": environment,
        "platform": found.platform,
        "name": name,
        "from": found.source,
        "packages": [_record(named) for named in found.records],
    }


def _record(named: NamedRecord) -> MappedPackage:
    record, where = named.record, named.origin.where
    return {
        "conda": {"name": record.name, "version": record.version, "build": record.build, "channel": record.channel},
        "pypi": [{"name": entry.name, "version": entry.version} for entry in named.supplies],
        "rule": named.origin.rule,
        "source": named.origin.source or None,
        "where": None if where is None else {"file": where.file, "line": where.line, "key": where.key},
    }
