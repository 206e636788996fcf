from __future__ import annotations

from pathlib import Path

import pytest

from interlock_hooks.types import BuildMode
from kit.signing import ALICE
from manifest.conftest import Room, line


def test_the_whole_table_in_both_files(room: Room) -> None:
    text = """
[tool.interlock]
plugins = ["my-plugin"]
[tool.interlock.solve]
prefer = "pypi"
from-pypi = ["Url_Lib3"]
[tool.interlock.build]
allow = "listed"
discovery = "suggest"
jobs = 4
memory-per-job = "4GB"
network = "deny"
metadata = "backend"
timeout = 3600
[tool.interlock.build.packages.Flash_Attn]
mode = "no-isolation"
metadata = "assume"
variables = { FLASH_ATTENTION_FORCE_BUILD = "TRUE" }
requirements = ["ninja", { requirement = "torch", match-runtime = true }]
config-settings = { a = "b" }
[tool.interlock.cuda]
torch-backend = "off"
architectures = ["8.0", "9.0a", "12.0+PTX"]
[tool.interlock.my-plugin]
anything = { goes = [1] }
"""
    workspace = room.load('[workspace]\nchannels = []\nplatforms = ["linux-64"]\n' + text, "pixi.toml")
    request = workspace.request("default", "linux-64")
    assert request.plugins == workspace.plugins == ("my-plugin",)
    assert request.settings == {
        "cuda": {"torch-backend": "off", "architectures": ["8.0", "9.0a", "12.0+PTX"]},
        "my-plugin": {"anything": {"goes": [1]}},
    }
    assert (request.solve.prefer, request.solve.from_pypi) == ("pypi", ("url-lib3",))
    build = request.build
    assert (build.discovery, build.jobs, build.memory_per_job) == ("suggest", 4, 4_000_000_000)
    assert (build.network, build.timeout) == ("deny", 3600)
    assert [build.allows(name) for name in ("flash-attn", "app")] == [True, False]  # type: ignore[arg-type]
    options = build.package("flash-attn")  # type: ignore[arg-type]
    assert (build.belief_of(options.name), build.belief) == ("assume", "backend")
    assert options.mode is BuildMode.NO_ISOLATION
    assert options.variables == (("FLASH_ATTENTION_FORCE_BUILD", "TRUE"),)
    assert [item.requirement for item in options.requirements] == ["ninja", "torch"]
    assert options.config_settings == (("a", "b"),)
    assert request.torch_backend == "off"
    other = room.load('[project]\nname = "x"\n' + text)
    assert other.settings == workspace.settings
    assert other.shared.build.package("flash-attn").mode is BuildMode.NO_ISOLATION  # type: ignore[arg-type]


def test_the_audit(room: Room) -> None:
    assert room.pixi_request("[tool.interlock]\n").audit.wheels == "direct"
    audit = room.pixi_request('[tool.interlock.audit]\nwheels = "all"\ntrust = ["Flash_Attn"]\n').audit
    assert audit.wheels == "all"
    assert "flash-attn" in audit.trust
    ignored = '[[tool.interlock.audit.ignore]]\nid = "CVE-1"\nreason = "not used"\n'
    assert room.pixi_error('[tool.interlock.audit]\nwheels = "some"\n').code == "IL105"
    assert room.pixi_error(ignored + 'until = "soon"\n').code == "IL105"
    assert room.pixi_error('[[tool.interlock.audit.ignore]]\nid = "CVE-1"\n').code == "IL119"
    audit = room.pixi_request(ignored + 'until = "2027-06-30"\n[tool.interlock.audit]\nadvisories = "osv"\n').audit
    assert [(each.id, each.reason, each.until) for each in audit.ignore] == [("CVE-1", "not used", "2027-06-30")]
    assert str(audit.advisories).endswith("/osv")
    assert room.pixi_error("[tool.interlock.audit]\nwheel = 1\n").code == "IL106"


def test_defaults(room: Room) -> None:
    build = room.pixi_request("[tool.interlock]\n").build
    assert (build.discovery, build.jobs, build.memory_per_job, build.timeout) == ("auto", None, None, None)
    assert build.belief == "static-first"
    # What is assumed may be wrong, and so it is said of each package.
    assert room.pixi_error('[tool.interlock.build]\nmetadata = "assume"\n').code == "IL105"


@pytest.mark.parametrize(
    ("text", "expected"),
    [('"4GB"', 4 * 10**9), ('"512MiB"', 512 * 2**20), ('"1.5 G"', 15 * 10**8), ("1000", 1000), ('"2kb"', 2000)],
)
def test_sizes(room: Room, text: str, expected: int) -> None:
    assert room.pixi_request(f"[tool.interlock.build]\nmemory-per-job = {text}\n").build.memory_per_job == expected


def test_uv_and_interlock_say_different_things_about_one_package(room: Room) -> None:
    build = room.load("""
        [tool.uv.extra-build-variables]
        demo = { A = "uv", B = "uv" }
        [tool.uv.extra-build-dependencies]
        demo = ["numpy"]
        [tool.uv]
        torch-backend = "cu124"
        [tool.interlock.build.packages.demo]
        variables = { B = "interlock" }
        requirements = ["ninja"]
        [tool.interlock.cuda]
        torch-backend = "auto"
        """).request()
    options = build.build.package("demo")  # type: ignore[arg-type]
    assert dict(options.variables) == {"A": "uv", "B": "interlock"}
    assert [item.requirement for item in options.requirements] == ["ninja", "numpy"]
    assert build.torch_backend == "auto"


ERRORS = {
    "discovry = 1": ("IL106", "discovry", "did you mean 'discovery'?"),
    'allow = "some"': ("IL105", "allow", ""),
    'discovery = "of"': ("IL105", "discovery", "did you mean 'off'?"),
    "jobs = 0": ("IL105", "jobs", ""),
    'jobs = "many"': ("IL104", "jobs", ""),
    "jobs = true": ("IL104", "jobs", ""),
    "jobs = 99999999999999": ("IL105", "jobs", ""),
    f"memory-per-job = '{'9' * 400}GB'": ("IL105", "memory-per-job", "write it like '4GB' or '512MiB'"),
    'packages.a.variables."B=C" = "d"': ("IL105", 'packages.a.variables."B=C"', ""),
    'packages.a.variables."" = "d"': ("IL105", 'packages.a.variables.""', ""),
    "timeout = 1.5": ("IL104", "timeout", ""),
    'memory-per-job = "much"': ("IL105", "memory-per-job", "write it like '4GB' or '512MiB'"),
    "memory-per-job = 1.5": ("IL104", "memory-per-job", ""),
    'network = "none"': ("IL105", "network", ""),
    'packages.a.mode = "isolate"': ("IL105", "packages.a.mode", "did you mean 'isolated'?"),
    'store = "team"': ("IL104", "store", 'write it as a list: ["team"]'),
    "store = [1]": ("IL104", "store[0]", ""),
    "store = [{ write = true }]": ("IL119", "store[0]", "add 'url'"),
    'store = [{ url = "x", write = "yes" }]': ("IL104", "store[0].write", ""),
    'store = [{ url = "x", wirte = true }]': ("IL106", "store[0].wirte", "did you mean 'write'?"),
    'store = [{ url = "x", trust = [] }]': ("IL105", "store[0].trust", "add a key, or remove it to trust everybody"),
    'store = [{ url = "x", trust = "key" }]': ("IL104", "store[0].trust", 'write it as a list: ["key"]'),
    'store = [{ url = "x", trust = ["key"] }]': ("IL105", "store[0].trust[0]", ""),
    'packages.a.prebuilt = [{ url = "x", index = "y" }]': (
        "IL105",
        "packages.a.prebuilt[0].url",
        "remove one of them",
    ),
    'packages.a.prebuilt = [{ url = "releases" }]': ("IL105", "packages.a.prebuilt[0]", ""),
    "packages.a.variable = {}": ("IL106", "packages.a.variable", "did you mean 'variables'?"),
    "packages.a = 1": ("IL104", "packages.a", ""),
    'packages."a b" = {}': ("IL109", 'packages."a b"', ""),
    "packages = { a-b = {}, a_b = {} }": ("IL116", "packages.a_b", "both spellings mean 'a-b'; merge them"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items())
def test_everything_unknown_or_wrong_is_an_error(room: Room, text: str, expected: tuple[str, str, str]) -> None:
    found = room.pixi_error(f"[tool.interlock.build]\n{text}\n")
    assert found.where is not None
    assert (found.code, found.where.key, found.where.line) == (expected[0], f"tool.interlock.build.{expected[1]}", 5)
    assert not expected[2] or found.fix == expected[2]


def test_match_runtime_with_a_version(room: Room) -> None:
    found = room.pixi_error(
        "[tool.interlock.build.packages.a]\n"
        'requirements = [\n  { requirement = "torch==2", match-runtime = true },\n]\n'
    )
    assert (found.code, line(found)) == ("IL111", 6)


def test_wrong_architectures_and_backends(room: Room) -> None:
    found = room.pixi_errors('[tool.interlock.cuda]\ntorch-backend = "cuda"\narchitectures = [\n  "sm_80",\n]\n')
    assert [(item.code, line(item)) for item in found] == [("IL105", 5), ("IL105", 7)]


def test_settings_of_a_plugin_that_is_not_enabled(room: Room) -> None:
    found = room.pixi_error('[tool.interlock]\nplugins = ["one"]\n[tool.interlock.two]\nx = 1\n')
    assert (found.code, line(found)) == ("IL106", 6)
    assert 'plugins = ["one", "two"]' in found.fix


def test_a_typo_of_a_table(room: Room) -> None:
    found = room.pixi_error("[tool.interlock.biuld]\njobs = 1\n")
    assert (found.code, found.fix) == ("IL106", "did you mean 'build'?")


def test_shared_stores(room: Room) -> None:
    text = (
        "[tool.interlock.build]\n"
        f'store = ["team/wheels", "~/x", {{ url = "s3://b/w", write = true, trust = ["{ALICE.key}"] }}]\n'
        f'packages.a.prebuilt = [{{ url = "wheels", trust = ["{ALICE.key}"] }}]\n'
    )
    stores = room.pixi_request(text).build.store
    assert [(store.url, store.write) for store in stores] == [
        (str(room.root / "team/wheels"), False),
        (str(Path.home() / "x"), False),
        ("s3://b/w", True),
    ]
    assert [store.trust for store in stores] == [(), (), (ALICE.key,)]
    (source,) = room.pixi_request(text).build.packages[0].prebuilt
    assert (source.url, source.index, source.trust) == (f"file://{room.root}/wheels", False, (ALICE.key,))
    assert stores[2].where is not None
    assert stores[2].where.line is not None
