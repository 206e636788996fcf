"""Packages of both ecosystems as large as real ones, on loopback behind a link of a given latency and width."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import unquote

from repodata import generated_record

from interlock.channel import build_channel
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.files import sha256_of
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.testing.wheels import core_metadata, write_wheel

if TYPE_CHECKING:
    from pathlib import Path

# How many packages, of how many modules and how many bytes of compiled code each; 40 with the interpreter, and 66.
CONDA = ((4, 250, 6_000_000), (10, 60, 700_000), (25, 12, 60_000))
PYPI = ((3, 700, 8_000_000), (8, 120, 1_200_000), (20, 40, 200_000), (35, 12, 0))
_MODULE = 8_000  # bytes
_PIECE = 1 << 16
_PYTHONS = ">=3.9"
# As the large index says it: files never change, and pages and repodata may be ten minutes old.
_LASTING, _BRIEF = "max-age=365000000, immutable, public", "max-age=600, public"


@dataclass(frozen=True)
class Link:
    """What lies between servers and their users: seconds that each answer takes to begin, and bytes per second.

    The channel and the index share this width, or each has it (``apart``).
    """

    latency: float = 0.0
    width: float | None = None
    apart: bool = False


@dataclass(frozen=True)
class Packages:
    """A channel and an index, by their addresses, and the names of what they have beside the interpreter.

    ``large`` is the same channel with many more records, which nothing depends on.
    """

    channel: str
    large: str
    index: str
    conda: list[str]
    pypi: list[str]


@contextmanager
def packages(folder: Path, link: Link, records: int = 0) -> Iterator[Packages]:
    """Serve generated packages, which stay in ``folder``, until the block is left; ``records`` make a channel large."""
    conda, pypi = _make_channel(folder / "channel"), _make_index(folder / "simple")
    large = _enlarge(folder / "channel", conda, folder / f"channel-{records}", records)
    with _serving(folder, link) as address:
        yield Packages(f"{address}/channel", f"{address}/{large.name}", f"{address}/simple", conda, pypi)


def _make_channel(folder: Path) -> list[str]:
    sizes = [(modules, code) for number, modules, code in CONDA for _ in range(number)]
    names = [f"library{number}" for number in range(len(sizes))]
    if not (folder / "noarch" / "repodata.json").exists():
        channel = Channel(folder)
        for seed, (name, (modules, code)) in enumerate(zip(names, sizes, strict=True)):
            channel.add(name, "1.0", files=_files(f"share/{name}", f"lib/lib{name}.so", modules, code, seed))
        # It writes the index of all of them.
        build_channel(folder, python=True, cuda=())
    return names


def _enlarge(channel: Path, names: Iterable[str], large: Path, number: int) -> Path:
    """The packages of a channel, in one whose index has so many records more and comes as one file.

    For 500,000 that nobody asks for, 250 older builds of each package come along: conda-forge has as many.
    """
    if large.exists():
        return large
    for subdir in ("linux-64", "noarch"):
        place = large / subdir
        place.mkdir(parents=True)
        for package in (channel / subdir).glob("*.conda"):
            (place / package.name).hardlink_to(package)
        index = json.loads((channel / subdir / "repodata.json").read_text())
        if subdir == "linux-64":
            index["packages.conda"] |= (_other(position) for position in range(number))
            index["packages.conda"] |= (_older(name, position) for name in names for position in range(number // 2000))
        (place / "repodata.json").write_text(json.dumps(index))
    return large


def _other(position: int) -> tuple[str, dict[str, object]]:
    """One of twenty builds of a package that nobody asks for."""
    minor = 10 + position % 4
    depends = ["library0", f"other{position // 40} >=1", f"python >=3.{minor}"]
    return generated_record(f"other{position // 20}", f"{position // 4 % 5}.0", f"py3{minor}h{position:06x}_0", depends)


def _older(name: str, position: int) -> tuple[str, dict[str, object]]:
    """One of many builds of a package that are older than the one that there is."""
    minor = 10 + position % 4
    return generated_record(
        name, f"0.{position // 4}", f"py3{minor}h{position:06x}_0", [f"python >=3.{minor},<3.{minor + 1}"]
    )


def _make_index(folder: Path) -> list[str]:
    sizes = [(modules, code) for number, modules, code in PYPI for _ in range(number)]
    names = [f"package{number}" for number in range(len(sizes))]
    for seed, (name, (modules, code)) in enumerate(zip(names, sizes, strict=True), 1000):
        page = folder / name / "index.html"
        if not page.exists():
            files = _files(name, f"{name}/_core.so", modules, code, seed)
            wheel = write_wheel(page.parent, name, "1.0", modules=files, requires_python=_PYTHONS)
            metadata = wheel.with_name(f"{wheel.name}.metadata")
            metadata.write_text(core_metadata(name, "1.0", requires_python=_PYTHONS))
            says = f'data-requires-python="{escape(_PYTHONS)}" data-core-metadata="sha256={sha256_of(metadata)}"'
            link = f'<a href="{wheel.name}#sha256={sha256_of(wheel)}" {says}>{wheel.name}</a>'
            page.write_text(f"<!DOCTYPE html>{link}")
    return names


def _files(modules: str, code: str, number: int, size: int, seed: int) -> dict[str, str | bytes]:
    """Text that compresses by half, and compiled code that does not."""
    numbers = random.Random(seed)
    text = (f"x = '{numbers.randbytes(_MODULE // 2).hex()}'\n" for _ in range(number))
    files: dict[str, str | bytes] = {f"{modules}/m{position}.py": each for position, each in enumerate(text)}
    return files | ({code: numbers.randbytes(size)} if size else {})


class _Throttle:
    """Lets so many bytes pass in a second, whoever they are for."""

    def __init__(self, width: float | None) -> None:
        self._width = width
        self._free = 0.0
        self._lock = threading.Lock()

    def wait(self, size: int) -> None:
        if self._width is None:
            return
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / self._width
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


@contextmanager
def _serving(folder: Path, link: Link) -> Iterator[str]:
    shared = _Throttle(link.width)
    throttles = {"simple": _Throttle(link.width)} if link.apart else {}

    class Handler(QuietHandler, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            # Clients hang up as soon as they have all that they want.
            with suppress(ConnectionError):
                super().handle()

        def do_GET(self) -> None:
            time.sleep(link.latency)
            place = unquote(self.path.partition("?")[0]).lstrip("/")
            throttle = throttles.get(place.partition("/")[0], shared)
            path = folder / place
            path = path / "index.html" if self.path.endswith("/") else path
            if not path.is_file():
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if path.suffix == ".html" else "application/octet-stream")
            self.send_header("Content-Length", str(path.stat().st_size))
            self.send_header("Cache-Control", _LASTING if path.suffix in (".whl", ".metadata") else _BRIEF)
            self.end_headers()
            if self.command == "GET":
                with path.open("rb") as file:
                    while piece := file.read(_PIECE):
                        throttle.wait(len(piece))
                        self.wfile.write(piece)

        def do_HEAD(self) -> None:
            self.do_GET()

    with serving(Handler) as address:
        yield address
