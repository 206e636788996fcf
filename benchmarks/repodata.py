"""Records of generated conda packages, which are solved with and never downloaded."""

from __future__ import annotations

from hashlib import sha256


def generated_record(name: str, version: str, build: str, depends: list[str]) -> tuple[str, dict[str, object]]:
    """The file name and the record of a package that is nowhere."""
    digest = sha256(f"{name} {version} {build}".encode()).hexdigest()
    record = {
        "name": name,
        "version": version,
        "build": build,
        "build_number": 0,
        "depends": depends,
        "subdir": "linux-64",
        "sha256": digest,
        "md5": digest[:32],
        "size": 123456,
        "timestamp": 1700000000000,
        "license": "BSD-3-Clause",
    }
    return f"{name}-{version}-{build}.conda", record
