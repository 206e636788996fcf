"""The wheels that a source of prebuilt ones offers: a directory, a page of links, an index, a release, an object store.

A page is HTML with links (PEP 503, or any other page), or JSON: that of an index (PEP 691) or of a release on GitHub.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

from interlock.builds.prebuilt.candidate import Candidate, candidate
from interlock.builds.prebuilt.errors import UnlistedError
from interlock.builds.prebuilt.storage import names_in, read_from
from interlock.builds.prebuilt.variants import DESCRIPTION, NULL, Variant, description_of, read_variants
from interlock.core.files import TooLargeError, read_at_most, write_atomic
from interlock.core.offline import is_offline
from interlock.core.paths import cache_dir
from interlock.core.urls import file_path, is_remote, scheme_of

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from interlock.builds.prebuilt.target import Target
    from interlock_hooks.types import PrebuiltSource

_LARGEST_PAGE = 64 << 20  # bytes; the page of a project with ten thousand files has 5 MB
# The variants of one version, by label.
Variants = Mapping[str, Variant]
_WANTED = (".whl", DESCRIPTION)
_PLACEHOLDER = re.compile(r"\{(version|torch|cuda)\}")


def address_of(source: PrebuiltSource, name: NormalizedName, version: str, target: Target) -> str:
    """The address at which a source has wheels of a package.

    ``{version}`` stands for the package's version, ``{torch}`` for torch's and ``{cuda}`` for torch's CUDA as PyTorch's
    indexes write it (``cu128``, ``cpu``). Raises :class:`UnlistedError` if there is nothing to put there.
    """
    cuda = None if target.cuda and not target.cuda.exact else target.backend
    known: dict[str, str | None] = {
        "version": version,
        "torch": target.torch.public if target.torch else None,
        "cuda": cuda,
    }

    def filled(match: re.Match[str]) -> str:
        value = known[match[1]]
        if value is None:
            raise UnlistedError(f"nothing is known to put in the place of {match[0]}")
        return value

    url = _PLACEHOLDER.sub(filled, source.url)
    return f"{url.rstrip('/')}/{name}/" if source.index else url


def list_wheels(url: str) -> list[Candidate]:
    """The wheels at the address of a source; variants know what describes them. Raises :class:`UnlistedError`."""
    files = _listed(url)
    descriptions = {each.filename: each.url for each in files if each.filename.endswith(DESCRIPTION)}
    return [
        replace(each, described=descriptions.get(description_of(each.filename)))
        if each.label not in (None, NULL)
        else each
        for each in files
        if each.filename.endswith(".whl")
    ]


def variants_at(url: str) -> Variants:
    """The variants of one version in the file that describes them. Raises :class:`UnlistedError`."""
    try:
        return read_variants(read_whole(url, _LARGEST_PAGE))
    except (OSError, ValueError, UnlistedError) as error:
        raise UnlistedError(f"{candidate(url).filename}: {error}") from error


def read_whole(url: str, most: int) -> bytes:
    """The content of a file at any address, if it has no more than ``most`` bytes.

    Raises :class:`UnlistedError` or :class:`OSError`.
    """
    if is_remote(url):
        return fetched(url, most)
    path = file_path(url)
    return read_at_most(path, most) if path else read_from(url, most)


def _listed(url: str) -> list[Candidate]:
    if is_remote(url):
        return list(_on_page(url, fetched(url)))
    path = file_path(url)
    if path is None:
        return list(_in_storage(url))
    try:
        if path.is_dir():
            return [candidate(each.as_uri()) for each in sorted(path.iterdir()) if each.name.endswith(_WANTED)]
        return list(_on_page(url, path.read_bytes()))
    except OSError as error:
        raise UnlistedError(f"{path}: {error.strerror}") from error


def fetched(url: str, most: int = _LARGEST_PAGE) -> bytes:
    """What a server has at an address, if it has no more than ``most`` bytes. Raises :class:`UnlistedError`.

    With the network switched off it is what the server had last.
    """
    # Imported here: it brings an HTTP client, which most builds do without.
    from interlock.engines.http import RequestFailedError, chunks

    kept = cache_dir() / "pages" / hashlib.sha256(url.encode()).hexdigest()
    page = bytearray()
    try:
        if is_offline() and kept.is_file():
            return kept.read_bytes()
        for chunk in chunks(url):
            page += chunk
            if len(page) > most:
                raise TooLargeError(most)
    except (RequestFailedError, OSError) as error:
        raise UnlistedError(str(error)) from error
    with suppress(OSError):
        write_atomic(kept, bytes(page))
    return bytes(page)


def _in_storage(url: str) -> Iterator[Candidate]:
    for name in names_in(url):
        if name.endswith(_WANTED):
            yield candidate(f"{url.rstrip('/')}/{name}")


def _on_page(url: str, page: bytes) -> Iterator[Candidate]:
    if page.lstrip()[:1] == b"{":
        try:
            found = _in_json(url, json.loads(page))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise UnlistedError("its JSON is neither that of an index (PEP 691) nor of a release") from error
    else:
        links = _Links(url)
        links.feed(page.decode(errors="replace"))
        found = links.found
    # A page on a server cannot lead to files of this machine.
    local = not is_remote(url)
    for each in found:
        if each.filename.endswith(_WANTED) and (is_remote(each.url) or (local and scheme_of(each.url) == "file")):
            yield each


def _in_json(url: str, data: dict[str, Any]) -> list[Candidate]:
    if "assets" in data:
        return [
            candidate(str(each["browser_download_url"]), _sha256(each.get("digest"), "sha256:"), _size(each))
            for each in data["assets"]
        ]
    return [
        candidate(urljoin(url, str(each["url"])), _sha256(each.get("hashes", {}).get("sha256")), _size(each))
        for each in data["files"]
        if not each.get("yanked")
    ]


def _sha256(value: Any, prefix: str = "") -> str | None:
    text = str(value or "").lower()
    digest = text.removeprefix(prefix)
    return digest if text.startswith(prefix) and re.fullmatch(r"[0-9a-f]{64}", digest) else None


def _size(entry: dict[str, Any]) -> int | None:
    size = entry.get("size")
    return size if isinstance(size, int) and size >= 0 else None


class _Links(HTMLParser):
    """Collects the links of a page; yanked files (PEP 592) are not among them."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Candidate] = []
        self._base = url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        address = attributes.get("href")
        if address is None or "data-yanked" in attributes:
            return
        try:
            url, fragment = urldefrag(urljoin(self._base, address.strip()))
        except ValueError:
            return
        if tag == "base":
            self._base = url
        elif tag == "a":
            self.found.append(candidate(url, _sha256(fragment, "sha256=")))
