"""Secrets of the user stay where they are: twenty of them are planted, and all that is written and printed is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.engines.confinement import can_restrict_writing
from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario

# What a user's shell may have for other programs, and for uv's and conda's servers.
VARIABLES = (
    "ANACONDA_API_KEY", "AWS_SECRET_ACCESS_KEY", "AZURE_CLIENT_SECRET", "CONDA_TOKEN", "DATABASE_URL", "GITHUB_TOKEN",
    "GITLAB_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "NPM_TOKEN", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL",
    "TWINE_PASSWORD", "UV_INDEX_TEAM_PASSWORD", "UV_INDEX_TEAM_USERNAME", "UV_PUBLISH_TOKEN", "WANDB_API_KEY",
)  # fmt: skip


# Writes down what a build sees of itself and of the programs that have started it.
SPY = """
import os, pathlib, re
seen, pid = [repr(dict(os.environ))], "self"
while pid != "0":
    proc = pathlib.Path("/proc", pid)
    for name in {names}:
        try:
            seen.append((proc / name).read_bytes().decode())
        except OSError as error:
            seen.append(type(error).__name__)
    pid = re.search(r"PPid:\\s*(\\d+)", (proc / "status").read_text())[1]
pathlib.Path(os.environ["UV_CACHE_DIR"], "seen").write_text("\\n".join(seen))
"""
# Writes down the arguments of all programs that Interlock starts.
LISTEN = """
import sys
def hear(event, arguments):
    if event == "subprocess.Popen":
        with open({log!r}, "a") as file:
            print(*arguments[1], file=file)
sys.addaudithook(hear)
"""


def secret(number: int) -> str:
    return f"s3cr3t-{number:02}-q7x"


def files(*places: Path) -> Iterator[Path]:
    for place in places:
        for folder, _, names in os.walk(place):
            yield from (Path(folder, name) for name in names)


def test_no_secret_is_written_or_printed(project: Project) -> None:
    project.own("layers")
    temporary = project.root.parent / "tmp"
    temporary.mkdir()
    values = {name: secret(number) for number, name in enumerate(VARIABLES)}
    values["PIP_INDEX_URL"] = f"https://me:{values['PIP_INDEX_URL']}@nowhere.invalid/simple"
    values["DATABASE_URL"] = f"postgres://me:{values['DATABASE_URL']}@nowhere.invalid/db"
    variables = {**values, "TMPDIR": str(temporary), "UV_CACHE_DIR": str(project.cache / "uv")}
    in_index, in_query, in_git, in_channel, in_netrc, in_direct = map(secret, range(80, 86))
    (project.home / ".netrc").write_text(f"machine nowhere.invalid login me password {in_netrc}\n")
    printed = ""

    listening = temporary.with_name("listening")
    listening.mkdir()
    log = listening / "started"
    (listening / "sitecustomize.py").write_text(LISTEN.format(log=str(log)))

    def run(*args: str, code: int = 0, listen: bool = False) -> None:
        nonlocal printed
        result = project.run(*args, variables={**variables, "PYTHONPATH": str(listening)} if listen else variables)
        assert result.code == code, str(result)
        printed += result.out + result.err

    index = project.index
    index.wheel("lib", "1.0")
    # The build records and prints the variables that it sees.
    on_build = "import os; print(dict(os.environ))"
    index.sdist("ext", "1.0", backend=Backend(on_build=on_build, requires=["tool"]), dynamic=True)
    # Where nothing confines builds, they read the variables of all programs of the user.
    names = ("cmdline", "environ") if can_restrict_writing() else ("cmdline",)
    # uv builds it, since it is a requirement of a build.
    index.sdist("tool", "1.0", backend=Backend(on_build=SPY.format(names=names)))
    source = index.sdist("direct", "1.0")
    host = index.url.removeprefix("http://")
    private = f"http://me:{in_index}@{host}"
    file = index.served.file(source.name).replace("http://", f"http://me:{in_direct}@") + f"?token={in_query}"
    team = f'[[tool.uv.index]]\nname = "team"\nurl = "{private}"\nexplicit = true\n'
    named = team + '[tool.uv.sources]\nlib = { index = "team" }\n'
    project.declare("lib", "ext", f"direct @ {file}", pypi_options={"index-url": private}, extra=named)
    run("env", "lock", "-vv", listen=True)
    run("env", "install", "-vv", listen=True)
    assert "uv pip install" in log.read_text()
    assert "uv pip install" in (project.cache / "uv" / "seen").read_text().replace("\0", " ")
    run("env", "list", "--json")
    run("env", "info", "--json", "--html", "info.html")
    run("env", "tree", "--html", "tree.html")
    run("env", "why", "direct", "--json")
    for name in ("pylock", "requirements", "cyclonedx", "environment-yml", "pixi-lock", "conda-explicit"):
        run("env", "export", "-f", name, "-o", f"exported-{name}")
    run("cache", "show", "ext", "--json")
    run("env", "shell-hook", "--json")

    # What fails tells addresses.
    gone = private.replace("/simple/", "/gone/simple/")
    project.declare("nothing-of-the-kind", pypi_options={"index-url": gone})
    run("env", "lock", "-vv", code=1)
    project.declare("lib", f"direct @ {file.replace('direct-1.0', 'direct-2.0')}")
    run("env", "lock", "-vv", "--json", code=1)
    project.declare(f"repo @ git+http://me:{in_git}@{host}repo.git")
    run("env", "lock", "-vv", code=1)
    channel = f"http://{host}t/{in_channel}/conda"
    project.declare("lib", workspace={"channels": [channel]})
    run("env", "lock", "-vv", code=1)

    manifest = project.root / "pyproject.toml"
    manifest.unlink()
    secrets = [secret(number) for number in (*range(len(VARIABLES)), *range(80, 86))]
    found = {line for line in printed.splitlines() if any(each in line for each in secrets)}
    for path in files(project.root, project.cache, project.home, temporary, listening):
        # uv keeps the address of each file that it has, with its query.
        if path.name != ".netrc" and path.suffix != ".http" and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {f"{each} in {path}" for each in secrets if each.encode() in content}
    assert found == set()
