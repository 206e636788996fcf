"""An Interlock plugin that enforces the rules of a site.

A project enables it and sets the rules::

    [tool.interlock]
    plugins = ["site-policy"]

    [tool.interlock.site-policy]
    refuse = ["leftpad"]                              # PyPI packages that must not be in an environment
    conda-constraints = ["openssl >=3.2"]             # restrict conda packages without requesting them
    build-variables = { SOURCE_DATE_EPOCH = "0" }     # for every build from source
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interlock_hooks import hookimpl
from interlock_hooks.types import (
    CondaAdditions,
    CondaSpec,
    EnvironmentRequest,
    Finding,
    InterlockError,
    PyPIPackage,
    Resolution,
)

NAME = "site-policy"
KNOWN = ("refuse", "conda-constraints", "build-variables")


@hookimpl
def interlock_conda_request(request: EnvironmentRequest) -> CondaAdditions:
    """Restrict the versions of conda packages."""
    constraints = settings(request).get("conda-constraints", [])
    return CondaAdditions(constraints=tuple(CondaSpec(spec=spec, origin=NAME) for spec in constraints))


@hookimpl
def interlock_check_resolution(resolution: Resolution, request: EnvironmentRequest) -> list[Finding]:
    """Reject the refused packages, and name the packages that require them."""
    refused = [resolution.get(name) for name in settings(request).get("refuse", [])]
    return [
        Finding(
            code="IL890",
            what=f"{package} is not allowed here",
            why=f"{NAME} refuses {package.name}, which is required by {requirers(package, resolution)}",
            fix=f"remove what requires {package.name}, or ask for an exception",
        )
        for package in refused
        if package is not None
    ]


@hookimpl
def interlock_build_variables(request: EnvironmentRequest) -> Mapping[str, str]:
    """Set the variables of every build."""
    return dict(settings(request).get("build-variables", {}))


def settings(request: EnvironmentRequest) -> Mapping[str, Any]:
    """Return the project's rules. Interlock passes the table on unchecked, so this checks it."""
    table: Mapping[str, Any] = request.settings.get(NAME, {})
    for key in table:
        if key not in KNOWN:
            raise InterlockError(
                Finding(
                    code="IL891",
                    what=f"{NAME} has no setting {key!r}",
                    why=f"[tool.interlock.{NAME}] may have {', '.join(KNOWN)}",
                    fix="correct or remove the key",
                )
            )
    return table


def requirers(package: PyPIPackage, resolution: Resolution) -> str:
    """List the packages that require a package, as text."""
    found = [
        str(other)
        for other in resolution.packages
        if any(canonicalize_name(Requirement(text).name) == package.name for text in other.requires)
    ]
    return ", ".join(found) or "the manifest"
