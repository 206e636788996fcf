"""rattler's callbacks, as people see them."""

from __future__ import annotations

from interlock.engines.rattler.progress import ProgressReporter


def test_packages_that_are_worked_on_are_named_with_how_far_they_are() -> None:
    seen: list[tuple[int, int, str]] = []
    unpacked: list[str] = []
    reporter = ProgressReporter(lambda *step: seen.append(step), unpacked.append)  # type: ignore[abstract]
    reporter.on_transaction_start(4)
    for operation, name in enumerate(("python", "nvcc", "zlib")):
        assert reporter.on_populate_cache_start(operation, name) == operation
    assert reporter.on_download_start(0) == 0
    for done in (0, 10, 1_200_000, 1_300_000):
        reporter.on_download_progress(0, done, 9_600_000)
    reporter.on_download_progress(1, 2_000_000, None)
    reporter.on_populate_cache_complete(0)
    reporter.on_link_start(0, "python")
    reporter.on_transaction_operation_complete(1)
    assert seen == [
        (0, 4, ""),
        (0, 4, "python"),
        (0, 4, "python, nvcc"),
        (0, 4, "python, nvcc and 1 more"),
        (0, 4, "python (0 of 10 MB), nvcc and 1 more"),
        (0, 4, "python (1 of 10 MB), nvcc and 1 more"),
        (0, 4, "python (1 of 10 MB), nvcc (2 MB) and 1 more"),
        (0, 4, "nvcc (2 MB), zlib and 1 more"),
        (1, 4, "zlib, python"),
    ]
    assert unpacked == ["python"]
