"""One entry of the wheel store: a wheel, and the conditions under which it may be used again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name, parse_wheel_filename

from interlock.builds.provenance.envelope import signers, statement_in
from interlock.builds.provenance.statement import Provenance, Statement, read_provenance
from interlock.core.json import parse_json
from interlock.core.shapes import check_fields

if TYPE_CHECKING:
    from interlock.builds.store.identity import BuildIdentity

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a build made.

    ``imports`` pairs each distribution that the build imported with what identified it; ``missing`` are top-level
    modules that it looked for and did not find, ``downloads`` addresses that it asked for something. ``libraries``
    does the same for each conda package that the wheel is linked with. ``prefix`` is set when the wheel
    names the environment's own path: it is used nowhere else. ``provenance`` is an envelope with the statement of how
    the wheel was built. An entry of a backend's answer has ``metadata`` or ``asked`` instead of a file. ``created`` is
    Unix time.
    """

    name: str
    version: str
    mode: str
    filename: str | None = None
    sha256: str | None = None
    size: int = 0
    seconds: float = 0.0
    created: float = 0.0
    imports: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    libraries: tuple[tuple[str, str], ...] = ()
    toolchain: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    prefix: str | None = None
    source: str = ""
    log: str | None = None
    metadata: dict[str, Any] | None = None
    asked: tuple[str, ...] | None = None
    downloads: tuple[str, ...] = ()
    provenance: dict[str, Any] | None = None

    @property
    def circumstances(self) -> dict[str, Any]:
        """What :meth:`holds_for` looks at besides the key, as JSON."""
        return {
            "imports": dict(self.imports),
            "missing": sorted(self.missing),
            "libraries": dict(self.libraries),
            "prefix": self.prefix,
        }

    @property
    def statement(self) -> Statement | None:
        """The statement of how the wheel was built."""
        return None if self.provenance is None else statement_in(self.provenance)

    @property
    def built(self) -> Provenance | None:
        """What the statement says."""
        return None if self.statement is None else read_provenance(self.statement)

    @property
    def signed_by(self) -> tuple[str, ...]:
        """The keys by which the statement says to be signed, which is not verified here."""
        return () if self.provenance is None else signers(self.provenance)

    def holds_for(self, identity: BuildIdentity) -> bool:
        """Whether everything that mattered to the build is still the same."""
        if self.prefix is not None and self.prefix != str(identity.prefix):
            return False
        if self.downloads and identity.offline:
            return False
        visible = {str(name): what for name, what in identity.visible.items()}
        if any(visible.get(name) != what for name, what in self.imports):
            return False
        if any(identity.conda.get(name) != what for name, what in self.libraries):
            return False
        return not any(identity.sees(module) for module in self.missing)

    def dumps(self) -> str:
        """The entry as JSON text."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def loads(cls, text: str) -> Entry:
        """The entry in a JSON text. Raises :class:`ValueError`, :class:`KeyError` or :class:`TypeError`."""
        data = parse_json(text.encode())
        for key in ("imports", "libraries", "toolchain", "variables"):
            data[key] = tuple((str(first), str(second)) for first, second in data[key])
        data["missing"] = tuple(data["missing"])
        data["downloads"] = tuple(data.get("downloads", ()))
        data["asked"] = tuple(asked) if (asked := data.get("asked")) is not None else None
        if data["sha256"] is not None and not _SHA256.fullmatch(data["sha256"]):
            # It becomes part of a path.
            raise ValueError("not a SHA-256")
        # So does the name of the file, and a store may be one that others write to.
        if (filename := data.get("filename")) is not None and not _is_wheel_of(filename, data["name"]):
            raise ValueError("not the name of a wheel of this package")
        entry = cls(**data)
        check_fields(entry)
        entry.built  # noqa: B018 - whoever reads an entry can rely on its statement
        return entry


def _is_wheel_of(filename: str, name: str) -> bool:
    return "/" not in filename and parse_wheel_filename(filename)[0] == canonicalize_name(name)
