from __future__ import annotations

import hashlib
import http.server
import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from interlock.engines.rattler import installer
from interlock.engines.rattler.installer import install
from interlock.engines.rattler.prefix_records import installed_records
from interlock.engines.rattler.solver import solve
from interlock_hooks.testing.channel import Channel
from interlock_hooks.testing.loopback import QuietHandler, serving
from interlock_hooks.types import CondaRecord, ExitCode, Finding, InterlockError


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    return tmp_path / "env"


def records(ask, *specs: str) -> tuple[CondaRecord, ...]:
    return solve(ask(*specs)).records


def refused(prefix: Path, wanted) -> Finding:
    with pytest.raises(InterlockError) as caught:
        install(prefix, wanted)
    return caught.value.findings[0]


def test_install_then_nothing_to_do(channel: Channel, ask, prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one", "bin/tool": "#!/bin/sh\n"})
    wanted = records(ask, "lib")
    assert install(prefix, wanted) is True
    assert (prefix / "share/lib.txt").read_text() == "one"
    assert os.access(prefix / "bin/tool", os.X_OK)
    assert installed_records(prefix) == list(wanted)
    monkeypatch.setattr(installer, "run", None)  # rattler is not even asked
    assert install(prefix, wanted) is False


def test_upgrade_and_removal_leave_other_files_alone(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0", files={"lib/site/one.txt": "1", "lib/site/both.txt": "old"})
    channel.add("lib", "2.0", files={"lib/site/two.txt": "2", "lib/site/both.txt": "new"})
    channel.add("extra", "1.0", files={"share/extra.txt": "x"})
    install(prefix, records(ask, "lib 1.*", "extra"))
    (prefix / "lib/site/wheel.py").write_text("from a wheel")
    assert install(prefix, records(ask, "lib 2.*")) is True
    assert not (prefix / "lib/site/one.txt").exists()
    assert (prefix / "lib/site/two.txt").read_text() == "2"
    assert (prefix / "lib/site/both.txt").read_text() == "new"
    assert not (prefix / "share/extra.txt").exists()
    assert [record.version for record in installed_records(prefix)] == ["2.0"]
    assert install(prefix, ()) is True
    assert installed_records(prefix) == []
    assert (prefix / "lib/site/wheel.py").read_text() == "from a wheel"


def test_a_record_from_a_lock_needs_no_repodata(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"}, purls=["lib"])
    wanted = records(ask, "lib")
    (channel.folder / "linux-64" / "repodata.json").unlink()
    (channel.folder / "noarch" / "repodata.json").unlink()
    install(prefix, wanted)
    assert (prefix / "share/lib.txt").read_text() == "one"
    assert installed_records(prefix)[0].purls == ("pkg:pypi/lib",)


def test_noarch_python_goes_to_the_interpreters_site_packages(channel: Channel, ask, prefix: Path) -> None:
    channel.add("python", "3.12.7", files={"bin/python3.12": "#!/bin/sh\n"})
    channel.add("pure", "1.0", depends=["python"], noarch="python", files={"site-packages/pure.py": "x = 1\n"})
    install(prefix, records(ask, "pure"))
    assert (prefix / "lib/python3.12/site-packages/pure.py").read_text() == "x = 1\n"
    assert not list(prefix.rglob("*.pyc"))


def test_progress(channel: Channel, ask, prefix: Path) -> None:
    channel.add("app", "1.0", depends=["lib"])
    channel.add("lib", "1.0")
    seen: list[tuple[int, int, str]] = []
    install(prefix, records(ask, "app"), on_progress=lambda *step: seen.append(step))
    assert seen[0] == (0, 2, "")
    assert max(done for done, _, _ in seen) == 2
    assert {total for _, total, _ in seen} == {2}
    assert {name for _, _, items in seen for name in items.split(", ")} == {"", "app", "lib"}


def test_a_changed_local_archive_is_refused(channel: Channel, ask, prefix: Path) -> None:
    channel.add("good", "1.0")
    archive = channel.add("lib", "1.0")
    wanted = records(ask, "lib", "good")
    content = archive.read_bytes()
    archive.unlink()  # it may be a link to a shared file
    archive.write_bytes(content + b"\0")
    finding = refused(prefix, wanted)
    assert finding.code == "IL501"
    assert finding.exit_code is ExitCode.VERIFICATION_FAILED
    assert archive.name in finding.what
    assert hashlib.sha256(content).hexdigest() in finding.why
    assert installed_records(prefix) == []


def test_an_archive_without_sha256_is_checked_by_md5(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0")
    (record,) = records(ask, "lib")
    finding = refused(prefix, [replace(record, sha256=None, md5="0" * 32)])
    assert finding.code == "IL501"
    assert install(prefix, [replace(record, sha256=None)]) is True


@pytest.fixture
def served(channel: Channel) -> Iterator[str]:
    class Handler(QuietHandler, http.server.SimpleHTTPRequestHandler):
        pass

    with serving(partial(Handler, directory=str(channel.folder))) as address:
        yield address


def test_a_served_channel(channel: Channel, ask, prefix: Path, served: str) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    channel.index()
    (record,) = solve(ask("lib", channels=(served,))).records
    finding = refused(prefix, [replace(record, sha256="0" * 64)])
    assert finding.code == "IL501"
    assert install(prefix, [record]) is True
    assert (prefix / "share/lib.txt").read_text() == "one"


def test_an_archive_that_is_gone(channel: Channel, ask, prefix: Path, own_cache: Path) -> None:
    archive = channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    wanted = records(ask, "lib")
    install(prefix, wanted)
    archive.unlink()
    shutil.rmtree(prefix)
    assert install(prefix, wanted) is True  # from the package cache
    shutil.rmtree(own_cache)
    shutil.rmtree(prefix)
    assert refused(prefix, wanted).code == "IL207"


def test_a_damaged_archive(channel: Channel, ask, prefix: Path) -> None:
    archive = channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    (record,) = records(ask, "lib")
    half = archive.read_bytes()[: archive.stat().st_size // 2]
    archive.unlink()
    archive.write_bytes(half)
    finding = refused(prefix, [replace(record, sha256=hashlib.sha256(half).hexdigest(), md5=None)])
    assert finding.code == "IL208"


def test_a_prefix_that_cannot_be_written(channel: Channel, ask, tmp_path: Path) -> None:
    channel.add("lib", "1.0")
    (tmp_path / "file").write_text("in the way")
    finding = refused(tmp_path / "file" / "env", records(ask, "lib"))
    assert finding.code == "IL651"
    assert "env" in finding.what
    assert finding.why == "Not a directory"
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_prefix(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0")
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta").chmod(0o555)
    assert refused(prefix, records(ask, "lib")).code == "IL651"


def test_a_half_written_record_is_linked_again(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    wanted = records(ask, "lib")
    install(prefix, wanted)
    (entry,) = (prefix / "conda-meta").glob("lib-*.json")
    entry.write_text(entry.read_text()[:100])
    (prefix / "share/lib.txt").unlink()
    assert install(prefix, wanted) is True
    assert (prefix / "share/lib.txt").read_text() == "one"
    assert json.loads(entry.read_text())["name"] == "lib"


def test_files_of_an_interrupted_link_are_replaced(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    (prefix / "share").mkdir(parents=True)
    (prefix / "share/lib.txt").write_text("on")
    install(prefix, records(ask, "lib"))
    assert (prefix / "share/lib.txt").read_text() == "one"


def test_reinstall_restores_what_was_deleted(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0", files={"share/lib.txt": "one"})
    wanted = records(ask, "lib")
    install(prefix, wanted)
    (prefix / "share/lib.txt").unlink()
    assert install(prefix, wanted) is False
    assert install(prefix, wanted, reinstall={"lib"}) is True
    assert (prefix / "share/lib.txt").read_text() == "one"


def test_an_invalid_locked_record(channel: Channel, ask, prefix: Path) -> None:
    channel.add("lib", "1.0")
    (record,) = records(ask, "lib")
    with pytest.raises(InterlockError) as caught:
        install(prefix, [replace(record, version="1..0")])
    assert "locked conda record" in caught.value.findings[0].why


def test_an_interrupt_leaves_whole_packages(channel: Channel, ask, prefix: Path) -> None:
    # A script that runs the tests in the background leaves interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in range(6):
        channel.add(f"lib{number}", "1.0", files={f"share/{number}/{file}.txt": "x" for file in range(20)})
    wanted = records(ask, *(f"lib{number}" for number in range(6)))

    def interrupt(done: int, total: int, item: str) -> None:
        if item:
            import _thread

            _thread.interrupt_main()

    try:
        with pytest.raises(KeyboardInterrupt):
            install(prefix, wanted, on_progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    install(prefix, wanted)
    assert [record.name for record in installed_records(prefix)] == [f"lib{number}" for number in range(6)]
    assert all((prefix / f"share/{number}/{file}.txt").exists() for number in range(6) for file in range(20))
