"""From a workspace to the request of one environment on one platform: pixi's rules for composing features.

Specs of several features for one package all hold (pixi calls it a union); within one feature, those of a ``target``
replace the general ones, and those of a later ``target`` the ones of earlier ones. Channels follow their priority, then
the order of features. Of system requirements the highest version counts. The default feature comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from packaging.utils import canonicalize_name

from interlock.core.findings import titled
from interlock.core.platforms import current_platform
from interlock.manifest import codes
from interlock.manifest.agreement import check_agreement
from interlock.manifest.developing import developing
from interlock.manifest.interpreter import requires_python, with_python
from interlock.manifest.model import DEFAULT
from interlock.manifest.options import first_of_each, merged, overlaid, union, unique
from interlock.manifest.refused import refusals
from interlock.manifest.report import failure, nearest
from interlock.manifest.targets import effective, overlaid_tables, variants_of
from interlock_hooks.types.environment import (
    ActivationOptions,
    EnvironmentRequest,
    SystemRequirement,
)
from interlock_hooks.types.findings import InterlockError
from interlock_hooks.types.requirements import PyPIOptions

if TYPE_CHECKING:
    from interlock.manifest.model import Channel, Feature, Layer, Platform, Workspace
    from interlock_hooks.types.conda import CondaSpec
    from interlock_hooks.types.requirements import Requirement

_Value = TypeVar("_Value")


def request(workspace: Workspace, environment: str, platform: str | None) -> EnvironmentRequest:
    """See :meth:`Workspace.request`."""
    features = features_of(workspace, environment)
    target = _platform(workspace, features, environment, platform or current_platform())
    variables = _project_variables(workspace, environment, features)
    return merged_request(workspace, environment, features, target, variables)


def merged_request(
    workspace: Workspace,
    name: str,
    features: list[Feature],
    target: Platform,
    variables: tuple[tuple[str, str], ...] = (),
) -> EnvironmentRequest:
    """What features ask for together on a platform; ``variables`` tell activated programs of the project.

    Raises :class:`InterlockError` as :meth:`Workspace.request` does for contradictions and what cannot be had.
    """
    shared = workspace.shared
    check_agreement(name, features)
    _check_conflicts(workspace, name, features)
    layers = [effective(feature, target) for feature in features]
    asked = [*(replace(layer, dev={}) for layer in layers), developing(layers, target)]
    refused = unique(finding for layer in asked for finding in refusals(layer))
    if refused:
        raise InterlockError(*refused)
    requirements = _requirements(layers)
    python = requires_python(features, layers, shared)
    strategy = _first((feature.solve_strategy for feature in features), None)
    pypi = _pypi(features, shared.pypi)
    # As in pixi, the strategy is for both ecosystems; uv's own setting counts where pixi's tables say nothing.
    pypi = replace(pypi, resolution=strategy or pypi.resolution)
    if pypi.exclude_newer is None:
        pypi = replace(pypi, exclude_newer=shared.exclude_newer, exclude_newer_where=shared.exclude_newer_where)
    specs = with_python(_specs(layer.specs for layer in asked), requirements)
    return EnvironmentRequest(
        name=name,
        platform=target.subdir,
        platform_name=target.name if target.name != target.subdir else None,
        root=workspace.root,
        beside=workspace.beside,
        channels=_channels(features, shared.channels),
        channel_priority=_first((feature.channel_priority for feature in features), "strict"),
        solve_strategy=strategy or "highest",
        conda_specs=specs,
        conda_constraints=_specs(layer.constraints for layer in layers),
        conda_exclude_newer=shared.exclude_newer,
        conda_exclude_newer_channel=_channel_limits(features, shared.channels),
        conda_exclude_newer_package=shared.exclude_newer_package,
        system_requirements=_highest([target.system_requirements, *(f.system_requirements for f in features)]),
        requires_python=python.specifiers,
        requires_python_where=python.where,
        overruled_python=python.overruled,
        requirements=requirements,
        constraints=shared.constraints,
        overrides=_overrides(features, shared.overrides),
        scoped_overrides=shared.scoped_overrides,
        pypi=pypi,
        solve=shared.solve,
        audit=shared.audit,
        build=replace(
            shared.build,
            no_isolation=reduce(union, (feature.no_isolation for feature in features), shared.no_isolation),
        ),
        activation=replace(_activation(layers), project=variables),
        pypi_names=shared.pypi_names,
        recipe_variants=variants_of(specs, shared, target),
        torch_backend=shared.torch_backend,
        plugins=workspace.plugins,
        settings=workspace.settings,
        places=workspace.places,
    )


def features_of(workspace: Workspace, environment: str) -> list[Feature]:
    """The features of an environment in order of weight. Raises :class:`InterlockError` (IL112)."""
    declared = workspace.environments.get(environment)
    if declared is None:
        guess = nearest(environment, workspace.environments)
        listed = ", ".join(workspace.environments)
        raise failure(
            codes.UNKNOWN_ENVIRONMENT,
            f"the manifest does not declare the environment {environment!r}",
            None,
            why=f"{workspace.manifest.name} declares: {listed}",
            fix=f"did you mean {guess!r}?" if guess else "",
        )
    named = [workspace.features[name] for name in declared.all_features if name in workspace.features]
    return [declared.inline, *named] if declared.inline else named


def _check_conflicts(workspace: Workspace, name: str, features: Iterable[Feature]) -> None:
    used = {canonicalize_name(feature.name): feature.name for feature in features}
    declared = workspace.environments.get(name)
    for conflict in workspace.shared.conflicts:
        together = [used[name] for name in conflict.features if name in used]
        if len(together) > 1:
            listed = " and ".join(map(repr, together))
            raise failure(
                codes.CONFLICT,
                f"{titled(name)} has {listed}, which the manifest declares to conflict",
                (declared and declared.where) or conflict.where,
                why=f"tool.uv.conflicts at line {conflict.where.line} excludes it" if conflict.where else "",
                fix="give each of them an environment of its own",
            )


def platforms_of(workspace: Workspace, environment: str) -> tuple[Platform, ...]:
    """See :meth:`Workspace.platforms_of`."""
    return tuple(_supported(workspace, features_of(workspace, environment)))


def _supported(workspace: Workspace, features: Sequence[Feature]) -> list[Platform]:
    """The platforms that all features support.

    The name of a subdir stands for all platforms of that subdir, unless a feature names one of these itself.
    """
    limits = [feature.platforms for feature in features if feature.platforms is not None]
    found = [
        platform
        for platform in workspace.declared_platforms
        if all(platform.name in limit or platform.subdir in limit for limit in limits)
    ]
    named = {name for limit in limits for name in limit}
    exact = {platform.subdir for platform in found if platform.name in named}
    return [platform for platform in found if platform.name in named or platform.subdir not in exact]


def target_platform(workspace: Workspace, environment: str, wanted: str | None) -> Platform:
    """The platform of the manifest that an environment has under a name or subdir, by default that of this machine.

    Raises :class:`InterlockError` (IL112, IL115).
    """
    features = features_of(workspace, environment)
    return _platform(workspace, features, environment, wanted or current_platform())


def _platform(workspace: Workspace, features: list[Feature], environment: str, wanted: str) -> Platform:
    supported = _supported(workspace, features)
    named = [platform for platform in supported if platform.name == wanted]
    found = named or [platform for platform in supported if platform.subdir == wanted]
    if found:
        return found[0]
    listed = ", ".join(platform.name for platform in supported) or "none"
    raise failure(
        codes.PLATFORM_NOT_DECLARED,
        f"environment {environment!r} does not support the platform {wanted!r}",
        workspace.declared_platforms[0].where if workspace.declared_platforms else None,
        why=f"the environment has these platforms: {listed}",
        fix=f'add "{wanted}" to platforms',
    )


def _requirements(layers: Iterable[Layer]) -> tuple[Requirement, ...]:
    listed = (requirement for layer in layers for requirement in layer.requirements)
    return first_of_each(listed, lambda each: (each.text, each.index, each.editable, each.hashes))


def _specs(tables: Iterable[Mapping[str, CondaSpec]]) -> tuple[CondaSpec, ...]:
    listed = (spec for table in tables for spec in table.values())
    return first_of_each(listed, lambda each: (each.spec, each.built_from))


def _channels(features: Iterable[Feature], workspace: tuple[Channel, ...]) -> tuple[str, ...]:
    listed = _listed_channels(features, workspace)
    ordered = sorted(listed, key=lambda channel: -channel.priority)  # stable: equal priorities keep their order
    return unique(channel.channel for channel in ordered)


def _channel_limits(features: Iterable[Feature], workspace: tuple[Channel, ...]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for channel in _listed_channels(features, workspace):
        if channel.exclude_newer is not None:
            found.setdefault(channel.channel, channel.exclude_newer)
    return tuple(found.items())


def _listed_channels(features: Iterable[Feature], workspace: tuple[Channel, ...]) -> list[Channel]:
    return [
        channel for feature in features for channel in (workspace if feature.channels is None else feature.channels)
    ]


def _first(values: Iterable[_Value | None], otherwise: _Value) -> _Value:
    return next((value for value in values if value is not None), otherwise)


def _pypi(features: Iterable[Feature], shared: PyPIOptions) -> PyPIOptions:
    return overlaid(shared, reduce(merged, (feature.pypi for feature in features), PyPIOptions()))


def _overrides(features: Iterable[Feature], shared: tuple[str, ...]) -> tuple[str, ...]:
    """Overrides by package; the first feature that overrides a package decides."""
    found: dict[str, tuple[str, ...]] = {}
    for source in (*(feature.overrides for feature in features), shared):
        grouped: dict[str, tuple[str, ...]] = {}
        for text in source:
            name = re.split(r"[^A-Za-z0-9._-]", text, maxsplit=1)[0]
            grouped[name] = (*grouped.get(name, ()), text)
        for name, texts in grouped.items():
            found.setdefault(name, texts)
    return tuple(text for texts in found.values() for text in texts)


def _project_variables(
    workspace: Workspace, environment: str, features: Iterable[Feature]
) -> tuple[tuple[str, str], ...]:
    """The variables by which pixi tells programs and activation scripts of the project, under pixi's names.

    ``PIXI_EXE`` and ``PIXI_IN_SHELL`` are not among them: there is no pixi, and one that a program starts would take
    the manifest for its own.
    """
    label = workspace.name if environment == DEFAULT else f"{workspace.name}:{environment}"
    platforms = (platform.name for platform in _supported(workspace, list(features)))
    variables = {
        "PIXI_PROJECT_ROOT": str(workspace.root),
        "PIXI_PROJECT_NAME": workspace.name,
        "PIXI_PROJECT_MANIFEST": str(workspace.manifest),
        "PIXI_PROJECT_VERSION": workspace.version or "NO_VERSION_SPECIFIED",
        "PIXI_ENVIRONMENT_NAME": environment,
        "PIXI_ENVIRONMENT_PLATFORMS": ",".join(platforms),
        "PIXI_PROMPT": f"({label}) ",
        "CONDA_DEFAULT_ENV": label,
    }
    return tuple(variables.items())


def _activation(layers: Iterable[Layer]) -> ActivationOptions:
    ordered = list(layers)
    variables = overlaid_tables(dict(layer.variables) for layer in reversed(ordered))
    scripts = unique(script for layer in ordered for script in layer.scripts)
    preset = overlaid_tables(dict(layer.preset) for layer in reversed(ordered))
    return ActivationOptions(preset=tuple(preset.items()), scripts=scripts, env=tuple(variables.items()))


def _order(version: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key for versions of virtual packages; a part that is not a number sorts below all numbers."""
    parts = re.split(r"[._-]", version)
    return tuple((1, int(part)) if part.isascii() and part.isdigit() else (0, part) for part in parts)


def _highest(sources: Iterable[tuple[SystemRequirement, ...]]) -> tuple[SystemRequirement, ...]:
    found: dict[str, SystemRequirement] = {}
    for requirement in (requirement for source in sources for requirement in source):
        known = found.get(requirement.name)
        if known is None or _order(known.version) < _order(requirement.version):
            found[requirement.name] = requirement
    return tuple(found.values())
