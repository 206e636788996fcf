"""pixi's ``environments``: lists of features, and what an environment contains beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interlock.manifest import codes
from interlock.manifest.dialects.pixi_feature import read_inline_feature
from interlock.manifest.model import DEFAULT, EnvironmentDeclaration
from interlock.manifest.report import nearest

if TYPE_CHECKING:
    from interlock.manifest.dialects.pixi_context import Context
    from interlock.manifest.positions import Key
    from interlock.manifest.table import Table

_ENVIRONMENT = re.compile(r"[a-z0-9-]+\Z")


def read_environments(table: Table, features: set[str], context: Context) -> dict[str, EnvironmentDeclaration]:
    """The environments that the ``environments`` table declares, and ``default``; ``features`` are those that exist."""
    found = {DEFAULT: EnvironmentDeclaration(name=DEFAULT)}
    environments = table.table("environments")
    if environments is None:
        return found
    for name in environments.entries():
        declared = _environment(environments, name, context)
        if declared:
            found[name] = declared
            _check_features(environments, declared, features)
    return found


def _environment(environments: Table, name: str, context: Context) -> EnvironmentDeclaration | None:
    if not _ENVIRONMENT.match(name):
        what = f"{name!r} is not a valid environment name"
        environments.error(codes.WRONG_VALUE, what, name, fix="use lower-case letters, digits and hyphens")
        return None
    value = environments.raw(name)
    where = environments.where(name)
    if isinstance(value, list):
        return EnvironmentDeclaration(name=name, features=environments.strings(name), where=where)
    if not isinstance(value, dict):
        environments.wrong_type("an array of features or a table", value, name)
        return None
    table = environments.at(value, name)
    declared = EnvironmentDeclaration(
        name=name,
        features=table.strings("features"),
        solve_group=table.string("solve-group"),
        no_default_feature=bool(table.boolean("no-default-feature")),
        inline=read_inline_feature(table, name, context),
        where=where,
    )
    table.close()
    if not any(key in table for key in ("features", "solve-group")) and declared.inline is None:
        fix = "list its features: features = []"
        table.error(codes.MISSING_KEY, f"environment {name!r} has neither features nor content of its own", fix=fix)
    return declared


def _of_project(feature: str) -> list[tuple[str, ...]]:
    """Where the standard tables declare a feature."""
    return [("project", "optional-dependencies", feature), ("dependency-groups", feature)]


def _check_features(environments: Table, declared: EnvironmentDeclaration, features: set[str]) -> None:
    value = environments.raw(declared.name)
    keys: tuple[str, ...] = (declared.name,) if isinstance(value, list) else (declared.name, "features")
    for index, feature in enumerate(declared.features):
        if feature in declared.features[:index]:
            _listed_twice(environments, declared, feature, (*keys, index))
        if feature in features:
            continue
        guess = nearest(feature, features)
        environments.error(
            codes.UNKNOWN_FEATURE,
            f"environment {declared.name!r} uses the feature {feature!r}, which is not declared",
            *keys,
            index,
            fix=f"did you mean {guess!r}?" if guess else "",
            absent=[(*environments.path[:-1], "feature", feature), *_of_project(feature)],
        )


def _listed_twice(environments: Table, declared: EnvironmentDeclaration, feature: str, keys: Key) -> None:
    first = environments.where(*keys[:-1], declared.features.index(feature)).line
    environments.error(
        codes.CONFLICT,
        f"environment {declared.name!r} lists the feature {feature!r} twice",
        *keys,
        why=f"it stands on line {first} already, and features that come first weigh most",
        fix="keep one of the two",
    )
