"""Dependencies in an ``environment.yml``: match specs, and requirements of PyPI's below ``pip``."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from interlock.manifest.dialects.pip_lines import lines_of_entry
from interlock.manifest.editing.dependency import Dependency, read_spec
from interlock.manifest.editing.dialects import name_in
from interlock.manifest.editing.pip_text import changed_lines, pip_text, with_line
from interlock.manifest.editing.siblings import end_of_line, inserted, newline, start_of_line, without
from interlock.manifest.editing.toml_file import place_in
from interlock.manifest.text_document import lines_of

if TYPE_CHECKING:
    from pathlib import Path

    from yaml import Node

    from interlock.manifest.editing.siblings import Bounds
    from interlock.manifest.positions import Key

_PLAIN = re.compile(r"[A-Za-z0-9_.][^\s#:,\[\]{}'\"&*!|>%@`]*(?:[<>=!~ |*@;:,+\[\]'/.A-Za-z0-9_-]*)\Z")
_UNSAFE = re.compile(r":(?:\s|\Z)|\s#")
_UNSAFE_IN_FLOW = re.compile(r"[,\[\]{}]")


class CondaYml:
    """The text of a valid ``environment.yml`` in the directory ``root``. Editing gives a new one."""

    def __init__(self, text: str, root: Path) -> None:
        self.text = text
        self.root = root

    def with_dependency(self, dependency: Dependency) -> CondaYml:
        """With a dependency, or the entry of its name changed. Raises :class:`LookupError` without a list to edit."""
        if dependency.ecosystem == "conda":
            return self._with_spec(dependency)
        pip = self._pip()
        if pip is not None:
            return self._with_requirement(pip, dependency)
        has_pip = any(name_in(_text(item) or "").lower() == "pip" for item in self._dependencies.value)
        file = self if has_pip else self._with_spec(Dependency(ecosystem="conda", name="pip"))
        return file.with_section(pip_text(dependency))

    def with_item(self, path: Key, new: str) -> CondaYml:
        """With another text in place of an entry of the dependencies, or of ``pip``, or of a line of such an entry."""
        sequence = self._dependencies
        if len(path) > 2:
            sequence = _value(sequence.value[int(path[1])], "pip")
            return self._with_line(sequence, path[3:], new)
        return self._replaced(sequence.value[int(path[1])], new, flow=bool(sequence.flow_style))

    def without(self, path: Key) -> CondaYml:
        """Without an entry of the dependencies, or of ``pip``, and without that if it was the last one.

        An entry that is several lines loses one, unless none but comments would be left.
        """
        listed = self._dependencies
        if len(path) > 2:
            pip = _value(listed.value[int(path[1])], "pip")
            if len(path) > 4:
                left = with_line(pip.value[int(path[3])].value, int(path[4]), None)
                if any(not line.text.startswith("#") for line in lines_of(left)):
                    return self._with_line(pip, path[3:], None)
            if len(pip.value) > 1:
                return self._without_item(pip, int(path[3]))
        return self._without_item(listed, int(path[1]))

    # -- nodes -----------------------------------------------------------------------------------------------------

    @cached_property
    def _root(self) -> Node:
        import yaml

        return yaml.compose(self.text, Loader=yaml.SafeLoader)

    @property
    def _dependencies(self) -> Node:
        return _value(self._root, "dependencies")

    def _pip(self) -> Node | None:
        import yaml

        for item in self._dependencies.value:
            if isinstance(item, yaml.MappingNode):
                try:
                    return _value(item, "pip")
                except LookupError:
                    continue
        return None

    # -- text ------------------------------------------------------------------------------------------------------

    def _bounds(self, node: Node) -> Bounds:
        """The start and end of a node's text; a block ends for the parser where the next thing begins."""
        import yaml

        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            return start, start + len(self.text[start:end].rstrip())
        if node.flow_style:
            return start, end
        inner = [each for pair in node.value for each in (pair if isinstance(pair, tuple) else (pair,))]
        return start, max([self._bounds(each)[1] for each in inner], default=end)

    def _renewed(self, text: str) -> CondaYml:
        return CondaYml(text, self.root)

    def _with_spec(self, dependency: Dependency) -> CondaYml:
        listed = self._dependencies
        # Sections such as pip stay where they are, after what is sorted.
        texts = {index: text for index, item in enumerate(listed.value) if (text := _text(item))}
        same = [index for index, text in texts.items() if name_in(text).lower() == dependency.name.lower()]
        if len(same) > 1:
            raise LookupError(dependency.name)
        if same:
            item = listed.value[same[0]]
            return self._replaced(item, _changed_spec(item.value, dependency), flow=bool(listed.flow_style))
        place = place_in([name_in(text) for text in texts.values()], dependency.name, canonicalize_name)
        after = [*texts, max(texts, default=-1) + 1]
        return self._put(listed, after[place], conda_text(dependency))

    def _with_requirement(self, pip: Node, dependency: Dependency) -> CondaYml:
        lines = [line for index, item in enumerate(pip.value) for line in lines_of_entry((index,), _text(item) or "")]
        index, new, is_new = changed_lines([line for _, line in lines], dependency, self.root)
        if not is_new:
            return self._with_line(pip, lines[index][0], new)
        # A new line is an entry of its own, after the one that it follows.
        return self._put(pip, int(lines[index - 1][0][0]) + 1 if index else 0, new)

    def _with_line(self, pip: Node, place: Key, new: str | None) -> CondaYml:
        """With another text in place of an entry of ``pip``, or of one line of it, ``None``: without that line."""
        item = pip.value[int(place[0])]
        text = new if len(place) == 1 else with_line(item.value, int(place[1]), new)
        return self._replaced(item, text or "", flow=bool(pip.flow_style))

    def _replaced(self, item: Node, new: str, *, flow: bool) -> CondaYml:
        if new == _text(item):
            return self
        start, end = self._bounds(item)
        written = self._block(item, new) if item.style == "|" and "\n" in new else _scalar(new, flow=flow)
        return self._renewed(self.text[:start] + written + self.text[end:])

    def _block(self, item: Node, new: str) -> str:
        """Other lines in a block, with the header and the indentation that it has."""
        start, end = self._bounds(item)
        header, *rows = self.text[start:end].split("\n")
        indent = next(row[: -len(row.lstrip())] for row in rows if row.strip())
        lines = [f"{indent}{line}" if line else "" for line in new.rstrip("\n").split("\n")]
        return newline(self.text).join([header.rstrip("\r"), *lines])

    def _put(self, sequence: Node, index: int, new: str) -> CondaYml:
        items = [self._bounds(item) for item in sequence.value]
        if sequence.flow_style:
            container = (sequence.start_mark.index, sequence.end_mark.index)
            return self._renewed(inserted(self.text, container, items, index, _scalar(new, flow=True)))
        lead = self._lead(items[0])
        line = f"{lead}{_scalar(new, flow=False)}"
        if not index:
            begun = _above_comments(self.text, start_of_line(self.text, items[0][0]))
            return self._renewed(f"{self.text[:begun]}{line}{newline(self.text)}{self.text[begun:]}")
        end = end_of_line(self.text, items[index - 1][1])
        return self._renewed(f"{self.text[:end]}{newline(self.text)}{line}{self.text[end:]}")

    def _lead(self, item: Bounds) -> str:
        """What stands before the first item on its line: blanks and the dash."""
        line = self.text[start_of_line(self.text, item[0]) : item[0]]
        return " " * (line.index("-")) + line[line.index("-") :] if "-" in line else "  - "

    def with_section(self, requirement: str) -> CondaYml:
        """With a section ``pip`` at the end. Raises :class:`LookupError` without a list to edit."""
        listed = self._dependencies
        if listed.flow_style or not listed.value:
            if listed.flow_style and listed.value:
                container = (listed.start_mark.index, listed.end_mark.index)
                items = [self._bounds(item) for item in listed.value]
                new = f"{{ pip: [{_scalar(requirement, flow=True)}] }}"
                return self._renewed(inserted(self.text, container, items, len(items), new))
            raise LookupError("dependencies")
        lead = self._lead(self._bounds(listed.value[0]))
        break_ = newline(self.text)
        end = end_of_line(self.text, self._bounds(listed.value[-1])[1])
        inner = " " * (lead.index("-") + 4)
        section = f"{break_}{lead}pip:{break_}{inner}- {_scalar(requirement, flow=False)}"
        return self._renewed(self.text[:end] + section + self.text[end:])

    def _without_item(self, sequence: Node, index: int) -> CondaYml:
        items = [self._bounds(item) for item in sequence.value]
        if sequence.flow_style:
            container = (sequence.start_mark.index, sequence.end_mark.index)
            return self._renewed(without(self.text, container, items, index))
        start, end = items[index]
        begun, stop = start_of_line(self.text, start), end_of_line(self.text, end)
        if len(items) == 1:
            # An empty list has to be written.
            rest = self.text[stop:]
            key_end = self.text.rindex(":", 0, begun) + 1
            return self._renewed(f"{self.text[:key_end]} []{self.text[key_end:begun].rstrip()}{rest}")
        return self._renewed(self.text[:begun] + self.text[stop:].removeprefix("\r").removeprefix("\n"))


def conda_text(dependency: Dependency) -> str:
    """A match spec as conda's users write it."""
    channel = f"{dependency.fields['channel']}::" if "channel" in dependency.fields else ""
    version, build = dependency.version, dependency.fields.get("build", "")
    if build:
        return f"{channel}{dependency.name}={version.removeprefix('==') or '*'}={build}"
    # One equals sign is conda's way to say "and what begins with it".
    if re.fullmatch(r"[0-9][^*,|]*\.\*", version):
        return f"{channel}{dependency.name}={version.removesuffix('.*')}"
    return f"{channel}{dependency.name}{version}"


def _changed_spec(text: str, dependency: Dependency) -> str:
    """A match spec with what is new; its version and its channel stay where nothing is said about them."""
    old = read_spec(text).conda
    if old is None:
        return conda_text(dependency)
    stays = {key: value for key, value in old.fields.items() if key == "channel" or not dependency.version}
    new = replace(old, version=dependency.version or old.version, fields={**stays, **dependency.fields})
    return text if new == old else conda_text(replace(new, name=name_in(text)))


def _above_comments(text: str, at: int) -> int:
    """The beginning of the lines before an offset that have nothing but comments: they belong to what follows."""
    while at:
        above = start_of_line(text, at - 1)
        if not text[above:at].lstrip().startswith("#"):
            break
        at = above
    return at


def _value(mapping: Node, key: str) -> Node:
    import yaml

    for name, value in mapping.value if isinstance(mapping, yaml.MappingNode) else ():
        if name.value == key and isinstance(value, yaml.SequenceNode):
            return value
    raise LookupError(key)


def _text(item: Node) -> str | None:
    import yaml

    return item.value if isinstance(item, yaml.ScalarNode) else None


def _scalar(text: str, *, flow: bool) -> str:
    if _PLAIN.match(text) and not _UNSAFE.search(text) and not (flow and _UNSAFE_IN_FLOW.search(text)):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
