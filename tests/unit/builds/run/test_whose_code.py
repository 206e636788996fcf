"""Whose code a build runs beside the one that it builds."""

from __future__ import annotations

import json
from dataclasses import replace

from interlock.builds.run.variables import build_variables
from interlock.builds.run.whose_code import built_by_uv
from interlock_hooks.types import ActivationOptions, CodeStarted, CondaSolution
from kit.locked import record, sdist
from unit.builds.conftest import plan_for, wheel_package

WHY = "builds see the environment activated"


def test_activation_scripts_are_told_when_they_run_with_whose_they_are(environment, events, tmp_path, tmp_path_factory):
    package = record("nvcc 12.4")
    conda = CondaSolution(platform="linux-64", records=(package,))
    # The prefix of the fixture is that of other tests, too.
    environment = replace(
        environment, prefix=tmp_path_factory.mktemp("env"), locked=replace(environment.locked, conda=conda)
    )
    folder = environment.prefix / "etc" / "conda" / "activate.d"
    folder.mkdir(parents=True)
    for name in ("nvcc.sh", "stray.sh"):
        (folder / name).touch()
    linked = {"name": "nvcc", "version": "12.4", "build": "0", "subdir": "linux-64", "url": package.url}
    meta = environment.prefix / "conda-meta"
    meta.mkdir()
    listed = {**linked, "files": ["etc/conda/activate.d/nvcc.sh"]}
    (meta / "nvcc-12.4-0.json").write_text(json.dumps(listed))

    def ran(environment):
        events.clear()
        build_variables(
            plan_for(wheel_package("demo")), environment, python=tmp_path / "python", work=tmp_path, emit=events
        )
        return list(events)

    stray = folder / "stray.sh"
    told = [
        CodeStarted(
            kind="activation",
            name="nvcc",
            version="12.4",
            source=package.url,
            entry="etc/conda/activate.d/nvcc.sh",
            why=WHY,
        ),
        CodeStarted(kind="activation", name=str(stray), entry=str(stray), why=WHY),
    ]
    assert ran(environment) == told
    # Their effect is remembered.
    assert ran(environment) == []
    (tmp_path / "own.sh").touch()
    request = replace(environment.request, activation=ActivationOptions(scripts=("own.sh",)))
    own = CodeStarted(kind="activation", name="own.sh", entry="own.sh", why=WHY)
    # One of the manifest may look at anything, and runs each time, with the others.
    for _ in range(2):
        assert ran(replace(environment, request=request)) == [*told, own]


def test_what_uv_builds_for_a_build_is_known_by_the_plan():
    tool = sdist("tool 1.0")
    plan = plan_for(sdist("demo 1.0"), overlay=(tool,))
    known = built_by_uv("tool", plan)
    assert (known.version, known.source, known.why) == ("1.0", tool.artifact.url, "the build of demo 1.0 needs it")
    nested = built_by_uv("hidden==2", plan)
    assert (nested.name, nested.version, nested.source) == ("hidden", "2", "")
