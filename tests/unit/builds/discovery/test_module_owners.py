from __future__ import annotations

import http.server
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from interlock.builds.discovery.module_owners import ModuleFinder
from interlock.builds.plan.tools import build_tools
from interlock.builds.run.build_system_notes import build_notes, distributions_named_in, fetched_by_cmake
from interlock.builds.run.interpreter import purelib
from interlock.builds.run.trace import Trace, imported_distributions, read_trace
from interlock.builds.sources.artifact_files import list_files
from interlock.engines.python.distributions import installed_versions
from interlock.engines.python.modules import module_owners, modules_in, owner_of
from interlock.engines.uv import install_packages
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import Artifact, InterlockError, ProvidedDistribution
from unit.builds.conftest import make_prefix, make_wheel, resolution_of, sdist_package


@pytest.fixture
def finder(tmp_path):
    def make(*packages, prefix=tmp_path / "empty", **options):
        return ModuleFinder(resolution_of(*packages, **options), prefix=prefix, root=tmp_path)

    return make


def test_a_package_is_found_by_its_files_and_not_by_its_name(finder, tmp_path):
    yaml = make_wheel(tmp_path, "pyyaml", "6.0", {"yaml/__init__.py": "", "_yaml/__init__.py": ""})
    liar = make_wheel(tmp_path, "cv2", "1.0", {"other.py": ""})
    opencv = make_wheel(tmp_path, "opencv-python", "4.0", {"cv2/__init__.py": ""})
    find = finder(yaml, liar, opencv)
    assert find("yaml") == "pyyaml"
    assert find("cv2") == "opencv-python"
    assert find("pyyaml") is None


def test_a_shared_namespace_is_told_apart_by_its_second_level(finder, tmp_path):
    protobuf = make_wheel(tmp_path, "protobuf", "1.0", {"google/protobuf/__init__.py": ""})
    cloud = make_wheel(tmp_path, "google-cloud-core", "1.0", {"google/cloud/__init__.py": ""})
    find = finder(cloud, protobuf)
    assert find("google.protobuf") == "protobuf"
    assert find("google.cloud.client") == "google-cloud-core"
    assert find("google.nothing") is None


def test_a_package_that_is_itself_built_is_found_by_its_source(finder, tmp_path):
    built = sdist_package(tmp_path, "built-here")
    assert finder(built)("hooks") == "built-here"


def test_what_the_prefix_holds_counts_if_it_belongs_to_the_environment(finder, tmp_path):
    prefix = make_prefix(tmp_path / "prefix")
    packages = [
        make_wheel(tmp_path, name, "1.0", {f"{module}.py": ""})
        for name, module in (("from-conda", "conda_module"), ("stranger", "strange"))
    ]
    install_packages(prefix / "bin" / "python", packages, root=tmp_path)
    provided = (ProvidedDistribution(name="from-conda", version="1.0", record="from-conda"),)
    find = finder(prefix=prefix, provided=provided)
    assert find("conda_module") == "from-conda"
    assert find("strange") is None


def test_what_cannot_be_read_proves_nothing(finder, tmp_path):
    gone = replace(
        make_wheel(tmp_path, "gone", "1.0", {"gone.py": ""}),
        artifact=Artifact(kind="wheel", url=(tmp_path / "gone.whl").as_uri()),
    )
    assert finder(gone)("gone") is None


class _Ranges(QuietHandler, http.server.SimpleHTTPRequestHandler):
    """A server that sends parts of files and counts what it sent."""

    sent = 0
    ranges = True

    def do_GET(self) -> None:
        data = Path(self.translate_path(self.path)).read_bytes()
        wanted = self.headers.get("Range") if self.ranges else None
        if wanted is None:
            self._send(200, data, {})
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = max(0, len(data) - int(last)) if not first else int(first)
        end = len(data) - 1 if not first else int(last)
        self._send(206, data[start : end + 1], {"Content-Range": f"bytes {start}-{end}/{len(data)}"})

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        type(self).sent += len(data)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server(tmp_path):
    handler = type("Handler", (_Ranges,), {})
    with serving(partial(handler, directory=str(tmp_path))) as address:
        yield address, handler


def big_wheel(path: Path, files: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("blob.bin", bytes(1 << 20))
        for number in range(files):
            archive.writestr(f"package/{'x' * 100}{number}.py", "")


@pytest.mark.parametrize("files", [3, 4000])
def test_a_wheel_on_a_server_is_listed_without_downloading_it(server, tmp_path, files):
    url, handler = server
    big_wheel(tmp_path / "big.whl", files)
    artifact = Artifact(kind="wheel", url=f"{url}/big.whl", sha256="0" * 64)
    assert len(list_files(artifact, root=tmp_path)) == files + 1
    assert handler.sent < (tmp_path / "big.whl").stat().st_size
    sent = handler.sent
    list_files(artifact, root=tmp_path)
    assert handler.sent == sent


def test_a_server_without_ranges_sends_the_whole_wheel(server, tmp_path):
    url, handler = server
    handler.ranges = False
    big_wheel(tmp_path / "big.whl", 3)
    assert len(list_files(Artifact(kind="wheel", url=f"{url}/big.whl"), root=tmp_path)) == 4


def test_a_server_that_fails_proves_nothing(tmp_path):
    assert list_files(Artifact(kind="git", url="https://x.invalid", commit="1"), root=tmp_path) == ()


def test_modules_are_read_from_lists_of_files():
    files = [
        "pkg/__init__.py",
        "pkg/sub/deep.py",
        "single.cpython-311-x86_64-linux-gnu.so",
        "pkg-1.0.dist-info/METADATA",
        "pkg-1.0.data/scripts/x.py",
        "../../bin/tool.py",
        "pkg/data.txt",
        "not-a-module/x.py",
    ]
    assert modules_in(files) == {"pkg", "pkg.sub", "single"}


def test_owners_of_modules_follow_the_order_of_the_path(tmp_path):
    first, second = make_prefix(tmp_path / "a"), make_prefix(tmp_path / "b")
    for prefix, version in ((first, "2.0"), (second, "1.0")):
        install_packages(
            prefix / "bin" / "python",
            [make_wheel(tmp_path / version, "lib", version, {"lib.py": ""})],
            root=tmp_path,
        )
    sites = [purelib(prefix / "bin" / "python") for prefix in (first, second)]
    assert installed_versions(sites) == {"lib": "2.0"}
    assert installed_versions(sites[1:]) == {"lib": "1.0"}
    owners = module_owners(sites)
    assert owner_of("lib.anything", owners) == "lib"
    assert owner_of("else", owners) is None
    assert imported_distributions(Trace(imported=("os", "lib", "lib.x")), sites) == ("lib",)


def test_an_interpreter_that_does_not_work_is_said_so(tmp_path):
    broken = tmp_path / "python"
    with pytest.raises(InterlockError) as error:
        purelib(broken)
    assert error.value.findings[0].code == "IL419"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(InterlockError):
        purelib(broken)


def test_a_trace_is_read_as_far_as_it_is_whole(tmp_path):
    file = tmp_path / "trace"
    assert read_trace(file) == Trace()
    file.write_text("import a\nimport a\nmissing b /x y/setup.py\nnonsense\nimport \n")
    trace = read_trace(file)
    assert trace.imported == ("a",)
    assert [(entry.module, entry.importer) for entry in trace.missing] == [("b", "/x y/setup.py")]


def test_the_list_of_build_tools_is_consistent():
    from packaging.requirements import Requirement

    tools = build_tools()
    assert all(Requirement(text).url is None for text in tools.modules.values())
    assert tools.modules["pkg_resources"] != tools.modules["setuptools"]
    assert {"numpy", "torch", "pybind11", "nanobind", "cffi"}.isdisjoint(tools.traceless)


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
