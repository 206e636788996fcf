from __future__ import annotations

from pathlib import Path

from interlock.manifest.text_document import TextDocument, is_explicit

PATH = Path("/project/spec.txt")


def test_lines_with_their_numbers() -> None:
    document = TextDocument(PATH, "# c\n\n a \nb\\\nc\n")
    assert document.data == {"lines": ["# c", "a", "b\\", "c"]}
    assert [document.lines["lines", number] for number in range(4)] == [1, 3, 4, 5]
    assert document.where(("lines", 1)).key is None
    assert document.where(("lines", 1)).line == 3


def test_joined_lines_have_the_number_of_the_first() -> None:
    document = TextDocument(PATH, "x\na \\\n  >=1\n# no \\\nb\\", joined=True, root=Path("/elsewhere"))
    assert document.data == {"lines": ["x", "a   >=1", "# no \\", "b"]}
    assert document.lines["lines", 1] == 2
    assert document.root == Path("/elsewhere")


def test_explicit_files_say_so_on_a_line_of_its_own() -> None:
    assert is_explicit("# x\n @EXPLICIT \n")
    assert not is_explicit("# @EXPLICIT\n@explicit\n")
