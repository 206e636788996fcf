"""What the texts of packages may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.core.field_checks import check_field, check_fields_of
from interlock_hooks.types import Artifact, CondaSource, PrebuiltWheel, PyPIPackage
from kit.locked import record, sdist

RECORD = replace(record("python 3.12.7 h1_0_cpython"), sha256="0a" * 32, md5="0A" * 16)
FILE = sdist("flash-attn 1!2.7.4.post1+cu12").artifact
WHEEL = PrebuiltWheel(url="s3://bucket/wheels/x.whl", filename="x.whl", sha256="0a" * 32)
CLONE = Artifact(kind="git", url="git+ssh://git@example.com/x.git", commit="ab" * 20, subdirectory="a/b")


def test_what_packages_have() -> None:
    for each in (
        RECORD,
        replace(RECORD, python_site_packages_path="lib/python3.13t/site-packages"),
        FILE,
        CLONE,
        WHEEL,
    ):
        check_fields_of(each)
    check_fields_of(replace(CLONE, subdirectory="."))
    check_fields_of(sdist("flash-attn 1", "torch>=2"))


@pytest.mark.parametrize(
    ("field", "text"), [("url", "ext::sh"), ("url", "x.whl"), ("filename", "../x.whl"), ("sha256", "../x")]
)
def test_texts_of_prebuilt_wheels(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"its {field}: "):
        check_fields_of(replace(WHEEL, **{field: text}))


@pytest.mark.parametrize("field", ["name", "version", "build", "subdir", "file_name"])
@pytest.mark.parametrize("text", ["../x", "/etc/x", "..", "", "a\\b", "a\nb", "a\0"])
def test_texts_of_records_that_become_parts_of_paths(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"its {field.replace('_', ' ')}: .* cannot be part of the name of a file"):
        check_fields_of(replace(RECORD, **{field: text}))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("filename", "../x.whl"),
        ("sha256", "../../../x"),
        ("commit", "--upload-pack=touch x"),
        ("commit", "main"),
        ("subdirectory", "../x"),
        ("subdirectory", "/etc"),
        ("url", "ext::sh -c x"),
        ("url", "javascript:x"),
        ("url", "-x"),
        ("url", "https://"),
        ("url", "file:///a%00b"),
    ],
)
def test_artifacts(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"its {field}: "):
        check_fields_of(replace(CLONE, **{field: text}))


@pytest.mark.parametrize("name", ["/etc/x", "a/b", "..", "A", "a_b", "", "-a", "a\n"])
def test_names_of_packages(name: str) -> None:
    with pytest.raises(ValueError, match="is not the normal form of a package name"):
        check_field(PyPIPackage, "name", name)


def test_places_and_hashes_of_conda_packages() -> None:
    with pytest.raises(ValueError, match="leads out of the folder"):
        check_fields_of(replace(RECORD, python_site_packages_path="lib/../../x"))
    with pytest.raises(ValueError, match="is not a hash"):
        check_fields_of(replace(RECORD, md5="x"))
    with pytest.raises(ValueError, match="leads out of the folder"):
        check_fields_of(CondaSource(url="file:///x", recipe="../recipe.yaml"))
