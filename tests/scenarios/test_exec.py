"""``env exec``: made on first use, reused, pruned."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.project import PYTHON, Project

pytestmark = pytest.mark.scenario


def test_a_throw_away_environment(project: Project) -> None:
    for folder in ("layers", "prefixes"):
        project.own(folder)
    project.channel.add("tool", "1.0", files={"bin/tool": "#!/bin/sh\necho from the tool\n"})
    project.channel.add("pip", "25.0", depends=["python"])
    project.index.wheel(
        "app", "1.0", scripts={"app": "app:main"}, modules={"app.py": "def main():\n    print('app')\n"}
    )
    project.index.sdist("ext", "1.0")
    # Inside of a project, which has no part in it.
    project.declare("surely-missing")
    alone = project.run("env", "exec", "-c", project.channel.url, "tool").ok()
    assert alone.out == "from the tool\n"

    sources = ["-c", project.channel.url, "--index-url", project.index.url]
    mixed = [*sources, "-w", f"python={PYTHON}", "-w", "tool", "--pypi", "app", "--pypi", "ext"]
    code = "tool; app; python -c 'import ext'; exit 5"
    made = project.run("env", "exec", "--json", *mixed, "--", "sh", "-c", code)
    assert made.code == made.json["status"] == 5, str(made)
    prefix = Path(made.json["prefix"])
    assert prefix.is_relative_to(project.cache / "exec")
    assert "from the tool\napp\n" in made.err

    asked = len(project.index.served.requests)
    again = project.run("env", "exec", *mixed, "--", "app").ok()
    assert (again.out, again.err) == ("app\n", "")
    assert project.index.served.requests[asked:] == []
    missing = project.run("env", "exec", "--json", *mixed, "--", "surely-missing").failed(2, "IL191")
    assert "-w SPEC" in missing["fix"]
    assert not project.lock_file.exists()

    pruned = project.run("cache", "prune", "--days", "0", "--json").ok().json
    assert len(pruned["environments"]) == 2
    assert not prefix.exists()
