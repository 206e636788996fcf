from __future__ import annotations

import pickle
import pickletools
from dataclasses import replace
from pathlib import Path

import pytest

from interlock import __version__
from interlock.core.platforms import current_platform
from interlock.distributed import cluster
from interlock.distributed.forward import Forward
from interlock.distributed.payload import Facts, Reply, Task, dumps, loads, without_secrets
from interlock_hooks.types import BuildMode, BuildOutput, BuildStarted, Finding, Index, InterlockError, StoreLocation
from unit.builds.conftest import plan_for, sdist_package


def test_a_task_survives_the_way(environment, tmp_path):
    task = Task(identity="1", plan=plan_for(sdist_package(tmp_path, "demo")), environment=environment, probe=tmp_path)
    assert loads(dumps(task)) == task


def test_credentials_do_not_travel(environment, tmp_path):
    request = environment.request
    index = Index(url="https://me:s3cret@host/simple")
    store = StoreLocation(url="s3://me:s3cret@bucket/wheels")
    request = replace(
        request, pypi=replace(request.pypi, indexes=(index,)), build=replace(request.build, store=(store,))
    )
    plan = plan_for(sdist_package(tmp_path, "demo"))
    artifact = replace(plan.package.artifact, url="https://host/demo-1.0.tar.gz?token=s3cret")
    task = Task(
        identity="1",
        plan=replace(plan, package=replace(plan.package, artifact=artifact)),
        environment=replace(environment, request=request),
        probe=tmp_path,
        wheels={"0": b"wheel"},
    )
    sent = dumps(without_secrets(task))
    assert b"s3cret" in dumps(task)
    assert b"s3cret" not in sent
    assert loads(sent).environment.request.pypi.indexes == (Index(url="https://host/simple"),)
    assert loads(sent).wheels == task.wheels


def test_what_a_cluster_gets_has_no_credentials(environment, tmp_path):
    secret = "s3cr3t"
    with_login = f"https://me:{secret}@host/simple"
    request = environment.request
    build = replace(request.build, store=(StoreLocation(url=f"s3://me:{secret}@bucket/wheels"),))
    options = replace(request.pypi, indexes=(Index(url=with_login, name="team"),), find_links=(with_login,))
    request = replace(
        request,
        channels=(f"https://host/t/{secret}/conda",),
        pypi=options,
        build=build,
        settings={"dask": {"scheduler": f"tls://me:{secret}@scheduler:8786"}},
    )
    plan = plan_for(sdist_package(tmp_path, "demo"), variables=(("MIRROR", with_login),))
    task = Task(identity="1", plan=plan, environment=replace(environment, request=request), probe=tmp_path)
    sent: list[object] = []

    class Client:
        def run(self, asked, **_):
            return {"worker": asked()}

        def subscribe_topic(self, *what):
            sent.append(what)

        def submit(self, *what, **named):
            sent.append((what, named))
            raise InterlockError(Finding(code="IL890", what="that is enough"))

    locked = replace(environment.locked, platform=current_platform())
    task = replace(task, environment=replace(task.environment, locked=locked))
    with pytest.raises(InterlockError, match="that is enough"):
        cluster.Cluster(Client(), "tls://scheduler").build(task, lambda _: None)
    ((_, payload), named) = sent[-1]
    assert loads(payload).plan.variables == (("MIRROR", "https://host/simple"),)
    assert secret not in repr((sent, named, loads(payload)))
    assert secret.encode() not in payload


def test_paths_travel_as_text(tmp_path):
    """Python 3.13 pickles them under the name of a module that others have not."""
    names = {argument for _, argument, _ in pickletools.genops(dumps(tmp_path)) if isinstance(argument, str)}
    assert not any("PosixPath" in name or name.startswith("pathlib") for name in names)
    assert loads(dumps(tmp_path)) == tmp_path


@pytest.mark.parametrize("number", [1, 2])
def test_errors_survive_the_way_whole(number):
    findings = [Finding(code="IL430", what=f"failed {each}", details=("a", "b")) for each in range(number)]
    error = loads(dumps(Reply(error=InterlockError(*findings)))).error
    assert type(error) is InterlockError
    assert error.findings == tuple(findings)
    assert str(error) == str(InterlockError(*findings))
    assert pickle.loads(pickle.dumps(error)).findings == error.findings


# -- which workers are fit -------------------------------------------------------------------------------------------


def unfit(**changes: object) -> str | None:
    facts = {"version": __version__, "platform": "linux-64", "libc": ("glibc", "2.28"), **changes}
    return cluster._unfit(dumps(Facts(**facts)), "linux-64")  # type: ignore[arg-type]


def test_only_workers_whose_wheels_run_here_are_fit(monkeypatch):
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", "2.31"))
    assert unfit() is None
    assert unfit(libc=("glibc", "2.9")) is None
    assert "2.36" in str(unfit(libc=("glibc", "2.36")))
    assert "musl" in str(unfit(libc=("musl", "1.2")))
    assert "osx-arm64" in str(unfit(platform="osx-arm64"))
    assert "0.0.1" in str(unfit(version="0.0.1"))
    assert "no module" in str(cluster._unfit(ImportError("no module"), "linux-64"))


# -- events ----------------------------------------------------------------------------------------------------------


def test_lines_are_thinned_out_and_nothing_else_is(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    sent: list[list[object]] = []
    forward = Forward("me", sent.append)  # type: ignore[arg-type]
    started = BuildStarted(name="demo", version="1", mode=BuildMode.ISOLATED, log=Path("x.log"))
    clock[0] = 1.0
    forward(started)
    for number in range(100):
        forward(BuildOutput(name="demo", line=str(number)))
    clock[0] = 2.0
    forward(BuildOutput(name="demo", line="later"))
    forward(BuildOutput(name="demo", line="last"))
    forward.close()
    assert {identity for identity, _ in sent} == {"me"}
    received = [loads(data) if data else [] for _, data in sent]  # type: ignore[arg-type]
    assert received == [
        [started],
        [BuildOutput(name="demo", line="later")],
        [BuildOutput(name="demo", line="last")],
        [],
    ]
    assert forward.log == Path("x.log")
