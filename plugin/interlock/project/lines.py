"""The lines that ask for what is locked: those of the manifest, with what plugins add to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from packaging.requirements import Requirement as Pep508
from packaging.utils import NormalizedName

from interlock.core.markers import applies
from interlock.graph.lines import manifest_lines
from interlock.solve.from_pypi import asked_of_pypi, choices, requirements_of_dependents
from interlock.solve.maps import snapshot
from interlock.solve.names import conda_names
from interlock.solve.request import make_conda_request

if TYPE_CHECKING:
    from interlock.graph.model import Line
    from interlock.plugins.manager import Plugins
    from interlock_hooks.types import EnvironmentRequest, LockedEnvironment


def lines_of(request: EnvironmentRequest, locked: LockedEnvironment, plugins: Plugins) -> tuple[Line, ...]:
    """The lines that ask for what is locked: those of the manifest, with what plugins add to them.

    What the manifest asks of conda and PyPI supplies, as it allows, is asked of PyPI.
    """
    # The map that comes along is enough for names that the manifest itself gives.
    suppliers = partial(conda_names, request=request, published=snapshot)
    allowed = frozenset[NormalizedName]().union(*choices(request, suppliers))
    request = asked_of_pypi(request, [name for name in allowed if locked.resolution.get(name)], suppliers)
    conda = make_conda_request(request, plugins.conda_request(request), locked.conda.virtual_packages)
    additions = plugins.pypi_request(request, locked.conda)
    dependents = requirements_of_dependents(request, locked.conda, suppliers)
    requirements = (*request.requirements, *dependents, *(entry for each in additions for entry in each.requirements))
    constraints = (*request.constraints, *(text for each in additions for text in each.constraints))
    overrides = (*request.overrides, *(text for each in additions for text in each.overrides))
    python = locked.resolution.python
    return manifest_lines(
        conda,
        [entry for entry in requirements if applies(Pep508(entry.text), python)],
        constraints=[text for text in constraints if applies(Pep508(text), python)],
        overrides=[text for text in overrides if applies(Pep508(text), python)],
        system=request.system_requirements,
    )
