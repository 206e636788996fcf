"""Lines of pip's are edited one by one, wherever they stand; all others stay."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from interlock.manifest.editing.conda_yml import CondaYml
from interlock.manifest.editing.manifest_text import ManifestText
from interlock.manifest.editing.pip_text import with_line
from interlock.manifest.text_document import lines_of

ROOT = Path("/project")
LINES = st.sampled_from(
    (
        "a",
        "b>=1  # why",
        "# only this",
        "c==1 --hash=sha256:aa",
        "d \\\n  >=2",
        "e ; os_name == 'nt'",
        "-r more.txt",
        "f:1 #",
    )
)


@given(
    st.lists(LINES | st.just(""), max_size=6),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
    st.integers(0, 5),
    st.data(),
)
def test_one_line_is_another_one_or_gone(
    rows: list[str], end: str, closed: bool, index: int, data: st.DataObject
) -> None:
    text = "\n".join(rows).replace("\n", end) + (end if closed else "")
    before = [each.text for each in lines_of(text, joined=True)]
    index = min(index, len(before))
    assert [each.text for each in lines_of(with_line(text, index, "new", is_new=True), joined=True)] == [
        *before[:index],
        "new",
        *before[index:],
    ]
    if index == len(before):
        return
    new = data.draw(st.none() | st.just("new"))
    after = with_line(text, index, new)
    kept = [] if new is None else [new]
    assert [each.text for each in lines_of(after, joined=True)] == [*before[:index], *kept, *before[index + 1 :]]
    assert end == "\n" or "\n" not in after.replace(end, "")


def written(entries: list[list[str]], blocks: bool) -> str:
    """An environment.yml with these entries of pip, as blocks or as quoted texts."""
    text = "dependencies:\n- python\n- pip:\n"
    for lines in entries:
        body = "\n".join(lines)
        block = "".join(f"     {each}\n" for each in body.split("\n"))
        text += f"  - |  # as it is\n{block}" if blocks and len(lines) > 1 else f"  - {json.dumps(body)}\n"
    return text + "name: x  # the end\n"


@given(st.lists(st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=3), st.booleans(), st.integers(0, 8))
def test_a_line_of_an_entry_is_another_one_or_gone(entries: list[list[str]], blocks: bool, index: int) -> None:
    before = ManifestText(ROOT / "environment.yml", written(entries, blocks))
    pypi = [entry for entry in before.entries if entry.ecosystem == "pypi"]
    texts = [entry.text for entry in pypi]
    if index >= len(pypi):
        return

    def left(text: str) -> list[str | None]:
        found = ManifestText(before.path, text)
        assert found.data["name"] == "x"
        assert text.endswith("name: x  # the end\n")
        return [entry.text for entry in found.entries if entry.ecosystem == "pypi"]

    file = CondaYml(before.text, ROOT)
    assert left(file.with_item(pypi[index].path, "new>=1").text) == [*texts[:index], "new>=1", *texts[index + 1 :]]
    assert left(file.without(pypi[index].path).text) == [*texts[:index], *texts[index + 1 :]]
