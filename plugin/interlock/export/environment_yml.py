"""An ``environment.yml`` of conda with exactly the packages of the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from interlock.export.findings import without_activation, without_hashes, without_plans
from interlock.export.model import Exported
from interlock.export.pip_lines import pip_lines, without_hash
from interlock.export.pip_options import pip_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interlock.export.model import Subject
    from interlock_hooks.types import Finding

_FILE = "environment.yml"


def export(subject: Subject) -> Exported:
    """The file for ``conda env create``: conda packages by version and build, PyPI packages by version below ``pip:``.

    conda and mamba write what is below ``pip:`` into a requirements file, so that it may have hashes. pip has to be
    among the conda packages where there are PyPI packages; it is asked for if the lock has none.
    """
    locked = subject.locked
    dependencies: list[Any] = [f"{record.name}={record.version}={record.build}" for record in locked.conda.records]
    if locked.resolution.packages:
        dependencies += [] if locked.conda.get("pip") else ["pip"]
        dependencies.append({"pip": [*pip_options(subject), *pip_lines(subject, " ")]})
    variables = {name: value for name, value in subject.variables if "$" not in value}
    document = {
        "name": subject.project if locked.name == "default" else f"{subject.project}-{locked.name}",
        "channels": [*locked.conda.channels, "nodefaults"],
        "dependencies": dependencies,
        **({"variables": variables} if variables else {}),
    }
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
    return Exported(text=f"{subject.heading}\n{text}", findings=tuple(_findings(subject, len(variables))))


def _findings(subject: Subject, variables: int) -> Iterator[Finding]:
    if plans := subject.special_builds():
        yield without_plans(_FILE, plans)
    if unhashed := without_hash(subject):
        yield without_hashes(_FILE, unhashed)
    if variables < len(subject.variables):
        yield without_activation(_FILE, "variables that are made of other variables")
    if subject.scripts:
        yield without_activation(_FILE, f"the activation script {subject.scripts[0]}")
