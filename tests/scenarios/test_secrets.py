"""Secrets of the user stay where they are: twenty of them are planted, and all that is written and printed is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock_hooks.testing.sdists import Backend
from kit.project import Project

pytestmark = pytest.mark.scenario

# What a user's shell may have for other programs, and for uv's and conda's servers.
VARIABLES = (
    "ANACONDA_API_KEY", "AWS_SECRET_ACCESS_KEY", "AZURE_CLIENT_SECRET", "CONDA_TOKEN", "DATABASE_URL", "GITHUB_TOKEN",
    "GITLAB_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "NPM_TOKEN", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL",
    "TWINE_PASSWORD", "UV_INDEX_TEAM_PASSWORD", "UV_INDEX_TEAM_USERNAME", "UV_PUBLISH_TOKEN", "WANDB_API_KEY",
)  # fmt: skip


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

    def run(*args: str, code: int = 0) -> None:
        nonlocal printed
        result = project.run(*args, variables=variables)
        assert result.code == code, str(result)
        printed += result.out + result.err

    index = project.index
    index.wheel("lib", "1.0")
    # The build records and prints the variables that it sees.
    index.sdist("ext", "1.0", backend=Backend(on_build="import os; print(dict(os.environ))"), dynamic=True)
    source = index.sdist("direct", "1.0")
    host = index.url.removeprefix("http://")
    private = f"http://me:{in_index}@{host}"
    file = index.served.file(source.name).replace("http://", f"http://me:{in_direct}@") + f"?token={in_query}"
    team = f'[[tool.uv.index]]\nname = "team"\nurl = "{private}"\nexplicit = true\n'
    named = team + '[tool.uv.sources]\nlib = { index = "team" }\n'
    project.declare("lib", "ext", f"direct @ {file}", pypi_options={"index-url": private}, extra=named)
    run("env", "lock", "-vv")
    run("env", "install", "-vv")
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
    for path in files(project.root, project.cache, project.home, temporary):
        # uv keeps the address of each file that it has, with its query.
        if path.name != ".netrc" and path.suffix != ".http" and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found |= {f"{each} in {path}" for each in secrets if each.encode() in content}
    assert found == set()
