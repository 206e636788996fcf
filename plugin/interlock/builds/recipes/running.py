"""One run of rattler-build on a recipe: a program of its own, with the rights and variables of a build."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.builds.run.confined import make_home
from interlock.core.channels import channels_of
from interlock.core.cutoff import moment
from interlock.core.files import is_file
from interlock.core.platforms import current_platform
from interlock.engines.confinement import Confinement, has_network
from interlock.engines.control_group import control_group
from interlock.engines.environ import allowed_environment
from interlock.engines.process import stream
from interlock_hooks.types import UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable

    from interlock_hooks.types import EnvironmentRequest, RecipeVariants

_WORKER = Path(__file__).with_name("_worker.py")
# Of the user that calls; a build has directories and a language of its own.
_LEFT_BEHIND = ("XDG_", "LC_", "LANGUAGE", "TEMP", "TMP", "TERM")


def run_recipe(recipe: Path, request: EnvironmentRequest, work: Path, on_line: Callable[[str], None]) -> dict[str, str]:
    """Build a recipe below ``work``, where it may write; the packages are in ``work / "output"``, an indexed channel.

    The channels of the request have what is needed for the build. Returns nothing, or what failed as ``_worker.py``
    tells it. Raises :class:`ProcessTimeout` after the time that the request allows, and :class:`OSError`.
    """
    # Imported here: few projects have recipes.
    from interlock.engines.rattler.caches import shared_cache_dir

    cache, result = shared_cache_dir(), work / "result.json"
    cache.mkdir(parents=True, exist_ok=True)
    limit = request.conda_exclude_newer
    order = {
        "recipe": str(recipe),
        "output": str(work / "output"),
        "result": str(result),
        "channels": list(channels_of(request)),
        "priority": "disabled" if request.channel_priority == "disabled" else "strict",
        "portable": request.platform != current_platform(),
        "variants": dict(request.recipe_variants.values),
        "variant_files": _written(request.recipe_variants, work / "variants"),
        "exclude_newer": None if limit in (None, UNLIMITED) else moment(limit, datetime.now(timezone.utc)),
    }
    # In a file: every user of the machine can read arguments, and the address of a channel can have a token.
    told = work / "order.json"
    told.write_text(json.dumps(order), encoding="utf-8")
    told.chmod(0o600)
    network = has_network(request.build.network == "allow")
    rights = Confinement((work, work.resolve(), cache, cache.resolve()), network)
    with control_group(None) as group:
        rights = rights._replace(group=group.entrance if group else None)
        status = stream(
            rights.command([sys.executable, "-I", str(_WORKER), str(told)]),
            env=_variables(work, cache),
            on_line=on_line,
            cwd=work,
            timeout=request.build.timeout,
        )
    if status:
        return {"kind": "build", "text": f"rattler-build ended with status {status}"}
    found: dict[str, str] = json.loads(result.read_text(encoding="utf-8"))
    return found


def _written(variants: RecipeVariants, folder: Path) -> list[str]:
    """The files of variants, each in a directory of its own: their names say how they are read."""
    places = [folder / str(number) / name for number, (name, _) in enumerate(variants.files)]
    for place, (_, text) in zip(places, variants.files, strict=True):
        place.parent.mkdir(parents=True)
        place.write_text(text, encoding="utf-8")
    return [str(place) for place in places]


def _variables(work: Path, cache: Path) -> dict[str, str]:
    """What a build sees of the caller's variables: nothing that could change its result."""
    home, scratch = work / "home", work / "tmp"
    make_home(home, Path.home())
    scratch.mkdir()
    variables = {name: value for name, value in allowed_environment().items() if not name.startswith(_LEFT_BEHIND)}
    login = Path(os.environ.get("RATTLER_AUTH_FILE") or Path.home() / ".rattler" / "credentials.json")
    if is_file(login):
        variables["RATTLER_AUTH_FILE"] = str(login)
    own = {"HOME": str(home), "TMPDIR": str(scratch), "LANG": "C.UTF-8", "RATTLER_CACHE_DIR": str(cache)}
    return variables | own
