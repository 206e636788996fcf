from __future__ import annotations

from collections.abc import Sequence

from packaging.utils import NormalizedName

from interlock.solve.offers import PYTHON, Offers
from interlock_hooks.types import CondaRecord, ProvidedDistribution
from solve.conftest import record

NUMPY, TORCH = NormalizedName("numpy"), NormalizedName("torch")


def offers(*records: CondaRecord, silent: bool = False, **suppliers: list[str]) -> Offers:
    """Offers of these records, newest first; each supplies a distribution of its name, or ``suppliers`` say which."""
    asked: list[str] = []

    def query(names: Sequence[str]) -> list[CondaRecord]:
        assert not set(names) & set(asked), "looked up twice"
        asked.extend(names)
        return [entry for entry in records if entry.name in names]

    def supplied(entry: CondaRecord) -> list[ProvidedDistribution] | None:
        if silent:
            return None
        name = next((name for name, packages in suppliers.items() if entry.name in packages), entry.name)
        return [ProvidedDistribution(name=NormalizedName(name), version=entry.version, record=entry.name)]

    return Offers(query, supplied, lambda name: suppliers.get(name, [name]))


def without(found: Offers, *excluded: str, name: NormalizedName = NUMPY) -> list[str]:
    return [spec.spec for spec in found.without(name, excluded, "test")]


def test_ranges_are_those_of_the_versions_that_there_are() -> None:
    found = offers(*(record("numpy", version) for version in ("2.3", "2.1", "1.26", "1.24", "1.20")))
    assert found.versions(NUMPY) == ["2.3", "2.1", "1.26", "1.24", "1.20"]
    assert without(found, "2.3", "2.1") == ["numpy <=1.26"]
    assert without(found, "1.20") == ["numpy >=1.24"]
    assert without(found, "2.1", "1.24") == ["numpy >=2.3|==1.26|<=1.20"]
    assert without(found, "2.3", "1.20") == ["numpy >=1.24,<=2.1"]
    assert without(found, "9.9") == []
    assert without(found, *found.versions(NUMPY)) == ["numpy <0.0a0"]


def test_a_record_that_supplies_a_version() -> None:
    found = offers(record("numpy", "2.0"), record("py-torch", "2.6"), torch=["py-torch"])
    assert found.supplier(TORCH, "2.6") == record("py-torch", "2.6")
    assert found.supplier(NUMPY, "2.6") is None


def test_builds_of_one_version_count_once() -> None:
    found = offers(record("numpy", "2.0"), record("numpy", "2.0"), record("numpy", "1.0"))
    assert found.versions(NUMPY) == ["2.0", "1.0"]
    assert without(found, "2.0") == ["numpy <=1.0"]


def test_every_package_that_supplies_a_name_is_kept_out() -> None:
    found = offers(
        record("pytorch", "2.6"), record("pytorch", "2.5"), record("torch-cpu", "2.6"), torch=["pytorch", "torch-cpu"]
    )
    assert without(found, "2.6", name=TORCH) == ["pytorch <=2.5", "torch-cpu <0.0a0"]
    assert [spec.spec for spec in found.asking_for(TORCH)] == ["pytorch"]


def test_versions_that_must_not_come_together_are_alternatives() -> None:
    found = offers(
        record("numpy", "2.0"),
        record("numpy", "1.0"),
        record("pytorch", "2.6"),
        record("torch-cpu", "2.6"),
        torch=["pytorch", "torch-cpu"],
    )
    groups = found.without_all([(NUMPY, ["2.0"]), (TORCH, ["2.6"])], "test")
    assert [[spec.spec for spec in group] for group in groups] == [
        ["numpy <=1.0", "pytorch <0.0a0"],
        ["numpy <=1.0", "torch-cpu <0.0a0"],
    ]


def test_what_the_files_of_one_version_said_holds_for_the_others() -> None:
    solved = record("split", "2.0")
    found = offers(solved, record("split", "1.0_post1"), silent=True)
    assert found.versions(NUMPY) == []
    # The files may tell of another version than the record.
    found.learn([solved], [ProvidedDistribution(name=NUMPY, version="2.0.1", record="split")])
    assert found.versions(NUMPY) == ["2.0.1", "1.0.post1"]
    assert without(found, "2.0.1") == ["split <=1.0_post1"]


def test_the_interpreter_is_python_itself() -> None:
    found = offers(record("python", "3.13.1"), record("python", "3.12.9"))
    assert without(found, "3.13.1", name=PYTHON) == ["python <=3.12.9"]
