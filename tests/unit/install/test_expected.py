"""What packages will own, told by their wheels, or by what is remembered of them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from interlock.engines.ownership import Claim, installed_claim
from interlock.engines.python.distributions import SiteDistribution, record_digest
from interlock.install.expected import comparable, conda_expected, expected_claim, wheel_claim
from interlock_hooks.testing.wheels import package_of, write_wheel
from kit.engines import package, record, remember

SITE = "lib/python3.12/site-packages"


def sha(text: str) -> str:
    return record_digest(hashlib.sha256(text.encode()).digest())


def test_a_wheel_that_is_at_hand_says_more_than_what_is_remembered(tmp_path: Path) -> None:
    app = package("app", "1.0")
    assert expected_claim(app, {}, SITE) is None
    remember(app, {"app.py": "code"}, prefix={"bin/app": "entry-point=app:main", "share/x": "sha256=x"})
    made = expected_claim(app, {}, SITE)
    assert made == Claim(
        app.name, "app 1.0", {f"{SITE}/app.py": sha("code"), "bin/app": "entry-point=app:main", "share/x": "sha256=x"}
    )
    wheel = write_wheel(tmp_path, "app", "1.0", modules={"other.py": "code"})
    for made in (
        expected_claim(app, {app.name: wheel}, SITE),
        expected_claim(package_of(wheel, wheel.as_uri()), {}, SITE),
    ):
        assert made is not None
        assert list(made.files) == [f"{SITE}/other.py"]


def test_commands_of_what_is_installed_are_compared_by_their_entry_points(tmp_path: Path) -> None:
    info = tmp_path / "app-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[console_scripts]\napp = app:main\nnone = app:main\n")
    found = SiteDistribution(canonicalize_name("app"), "1.0", "uv", info)
    claim = Claim(found.name, "app 1.0", {"bin/app": "sha256=made", "bin/other": "sha256=packed"})
    assert comparable(claim, found).files == {"bin/app": "entry-point=app:main", "bin/other": "sha256=packed"}


def test_conda_packages_are_read_where_they_lie_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATTLER_CACHE_DIR", str(tmp_path))
    known, unknown = record("known", "1.0"), record("unknown", "1.0")
    info = tmp_path / "pkgs/known-1.0-h0_0/info"
    info.mkdir(parents=True)
    paths = [{"_path": "share/x", "path_type": "hardlink", "sha256": hashlib.sha256(b"x").hexdigest()}]
    (info / "paths.json").write_text(json.dumps({"paths": paths}))
    (claim,) = conda_expected([known, unknown], SITE)
    assert (claim.conda, claim.files) == ("known", {"share/x": sha("x")})


def test_a_wheel_says_what_it_will_own(tmp_path: Path) -> None:
    wheel = write_wheel(
        tmp_path,
        "My-App",
        "1.0",
        modules={
            "app/a.py": "code",
            "My_App-1.0.data/data/share/x": "data",
            "My_App-1.0.data/platlib/b.py": "more",
            "My_App-1.0.data/scripts/run": "#!python",
        },
        scripts={"app": "app.a:main"},
    )
    made = wheel_claim(wheel, SITE)
    assert made.name == "my-app"
    assert made.files == {
        f"{SITE}/app/a.py": sha("code"),
        f"{SITE}/b.py": sha("more"),
        "share/x": sha("data"),
        "bin/app": "entry-point=app.a:main",
    }


def test_a_damaged_wheel_is_left_to_the_installer(tmp_path: Path) -> None:
    wheel = tmp_path / "app-1.0-py3-none-any.whl"
    wheel.write_bytes(b"no archive")
    assert wheel_claim(wheel, SITE).files == {}


def test_a_wheel_that_hides_such_a_file_by_leaving_out_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "evil-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("evil-1.0.data/data/conda-meta/interlock", "{}")
        archive.writestr("evil-1.0.dist-info/RECORD", "evil-1.0.data/data/conda-meta/interlock,,\n")
    assert list(wheel_claim(path, SITE).files) == ["conda-meta/interlock"]
    info = tmp_path / "prefix" / SITE / "evil-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "RECORD").write_text("../../../conda-meta/interlock,,\nevil/x.py,,\n")
    found = SiteDistribution(canonicalize_name("evil"), "1.0", "uv", info)
    assert list(installed_claim(found, tmp_path / "prefix").files) == ["conda-meta/interlock"]
