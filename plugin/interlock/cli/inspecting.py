"""The environment that a command inspects: as its install recorded it, if that still holds, else looked up."""

from __future__ import annotations

from interlock.cli.noop import up_to_date
from interlock.project.inspected import inspect_again

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from interlock.project.inspected import Inspected


def inspect(args: argparse.Namespace, *, completely: bool = False) -> Inspected:
    """The environment that ``args`` name; ``completely`` asks for what no install records as well."""
    state = None if completely else up_to_date(args)
    found = inspect_again(state, args.package) if state is not None else None
    if found is not None:
        return found
    # Imported here, as it reads manifest and lock.
    from interlock.project.inspecting import inspect as looked_up

    return looked_up(args.environment, args.platform, manifest_path=args.manifest_path, folder=args.folder)
