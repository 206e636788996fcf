from __future__ import annotations

from interlock.pages.layout import lay_out
from kit.locked import graph, lines, locked, record, wheel


def test_columns_are_steps_from_the_manifest() -> None:
    found = graph(
        locked(record("python 3.12.7", "zlib"), record("zlib 1.3"), pypi=[wheel("app 1.0", "lib"), wheel("lib 2.0")]),
        lines(conda=["python"], pypi=["app"]),
    )
    layout = lay_out(found)
    left = {key: layout.places[key][0] for key in layout.places}
    by_name = {node.name: left[key] for key, node in found.nodes.items()}
    assert left["line:1"] == left["line:2"] < by_name["python"] == by_name["app"] < by_name["zlib"] == by_name["lib"]
    assert layout.named
    assert len(set(layout.places.values())) == len(layout.places)
    assert max(left.values()) < layout.width


def test_a_large_graph_has_places_for_all_and_none_twice() -> None:
    wheels = [wheel(f"pkg{number} 1.0", *([f"pkg{number + 1}"] if number % 7 else [])) for number in range(2000)]
    layout = lay_out(graph(locked(pypi=wheels), lines(pypi=["pkg1"])))
    assert not layout.named
    assert len(layout.places) == len(set(layout.places.values())) == 2001
    assert layout.height < 700
