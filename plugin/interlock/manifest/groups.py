"""Solve groups: environments that are solved together, so that each package has one version in all of them.

As in pixi, a group asks for what the features of its members ask for together, and a group of one is nothing special.
Members that do not support a platform, or contain what cannot be had, have no say there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interlock.core.findings import group_label
from interlock.manifest import merge
from interlock.manifest.options import first_of_each
from interlock_hooks.types.environment import Solve
from interlock_hooks.types.findings import InterlockError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from interlock.manifest.model import Workspace
    from interlock_hooks.types.environment import EnvironmentRequest


def solve(workspace: Workspace, environment: str, platform: str | None) -> Solve:
    """See :meth:`Workspace.solve`."""
    members = together(workspace, environment, platform)
    if len(members) == 1:
        return Solve.alone(members[0])
    group = str(workspace.environments[environment].solve_group)
    target = merge.target_platform(workspace, environment, platform)
    found = (feature for each in members for feature in merge.features_of(workspace, each.name))
    features = list(first_of_each(found, id))
    try:
        joint = merge.merged_request(workspace, group_label(group), features, target)
    except InterlockError as error:
        raise _of_members(error, group, [each.name for each in members]) from error
    return Solve(request=_with_one_of_each_tree(joint), members=members, group=group)


def together(workspace: Workspace, environment: str, platform: str | None) -> tuple[EnvironmentRequest, ...]:
    """See :meth:`Workspace.together`."""
    own = merge.request(workspace, environment, platform)
    group = workspace.environments[environment].solve_group
    if group is None:
        return (own,)
    return tuple(_members(workspace, group, own, merge.target_platform(workspace, environment, platform).name))


def _members(workspace: Workspace, group: str, own: EnvironmentRequest, platform: str) -> Iterator[EnvironmentRequest]:
    for declared in workspace.environments.values():
        if declared.name == own.name:
            yield own
        elif declared.solve_group == group:
            try:
                yield merge.request(workspace, declared.name, platform)
            except InterlockError:
                continue  # it is told when that environment itself is asked for


def _with_one_of_each_tree(joint: EnvironmentRequest) -> EnvironmentRequest:
    """The request without directories that one member has editable and another one has not: it is one source."""
    return replace(joint, requirements=first_of_each(joint.requirements, lambda each: (each.text, each.index)))


def _of_members(error: InterlockError, group: str, names: Sequence[str]) -> InterlockError:
    """A contradiction between members, of which each alone is right."""
    told = f"the environments {', '.join(names)} are solved together in solve group {group}"
    return InterlockError(*(replace(each, details=(*each.details, told)) for each in error.findings))
