from __future__ import annotations

import pytest

from interlock.builds.run.build_system_notes import build_notes, distributions_named_in, fetched_by_cmake
from interlock.builds.run.interpreter import purelib
from interlock.engines.uv import install_packages
from unit.builds.conftest import make_prefix, make_wheel


def test_distributions_whose_files_a_build_names_are_found(tmp_path):
    prefix = make_prefix(tmp_path / "prefix")
    packages = [
        make_wheel(tmp_path, name, "1.0", {path: ""})
        for name, path in (
            ("headers", "headers/include/h.h"),
            ("nvidia-a", "nvidia/cu13/include/a.h"),
            ("nvidia-b", "nvidia/cu13/include/b.h"),
            ("nvidia-c", "nvidia/cu12/include/c.h"),
            ("unused", "unused/__init__.py"),
        )
    ]
    install_packages(prefix / "bin" / "python", packages, root=tmp_path)
    sites = [purelib(prefix / "bin" / "python")]
    line = f"g++ -I{sites[0]}/headers/include -I{sites[0]}/nvidia/cu13/include x.cpp"
    assert distributions_named_in([line], sites) == ("headers", "nvidia-a", "nvidia-b")
    assert distributions_named_in(["nothing"], sites) == ()
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "CMakeCache.txt").write_text(f"headers_DIR:PATH={sites[0]}/headers/share\n")
    assert distributions_named_in(build_notes(tmp_path), sites) == ("headers",)


NOTE = "# generated\n\nmethod={method}\nsource_dir=/b/_deps/x-src\n{line}\n{rest}\n"


@pytest.mark.parametrize(
    ("method", "line", "rest", "found"),
    [
        ("git", "repository=https://code.example.org/x.git", "remote=origin", ("https://code.example.org/x.git",)),
        ("url", "url(s)=https://files.example.org/x.zip", "hash=", ("https://files.example.org/x.zip",)),
        ("url", "url(s)=https://files.example.org/x.zip", "hash=SHA256=abc", ()),
        ("url", "url(s)=/local/x.zip", "hash=", ()),
    ],
)
def test_what_cmake_fetched_is_in_its_notes(tmp_path, method, line, rest, found):
    stamps = tmp_path / "build" / "_deps" / "x-subbuild" / "x-populate-stamp"
    stamps.mkdir(parents=True)
    (stamps / f"x-populate-{method}info.txt").write_text(NOTE.format(method=method, line=line, rest=rest))
    assert fetched_by_cmake(tmp_path) == found
