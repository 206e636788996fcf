"""The state of the abstract evaluation: the heap, and how states of two ways through the code are joined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from interlock.builds.sources.static.setup_py.values import (
    Content,
    Function,
    LocalModule,
    Mapping,
    Method,
    Ref,
    Sequence,
    Unknown,
    Value,
    is_same,
)


@dataclass(slots=True)
class State:
    """The heap: lists, dictionaries, sets, and the scopes with their names. Contents are replaced, never changed.

    ``done`` is what every way to here has surely imported (``torch.utils``) and called (``torch.version()``) of other
    projects, with the place where.
    """

    heap: dict[int, Content] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)

    def copy(self) -> State:
        """A state that changes on its own."""
        return State(dict(self.heap), self.done)

    def reachable(self, value: Value, step: Callable[[int], None]) -> set[int]:
        """What in the heap can be reached from a value; ``step`` counts the work."""
        found: set[int] = set()
        modules: set[LocalModule] = set()
        waiting = [value]
        passed = 0
        while waiting:
            each = waiting.pop()
            passed += 1
            if isinstance(each, tuple):
                waiting.extend(each)
            elif isinstance(each, Unknown):
                waiting.extend(each.among)
            elif isinstance(each, Function):
                waiting.extend(value for _, value in each.defaults)
            elif isinstance(each, Method):
                waiting.append(each.owner)
            elif isinstance(each, LocalModule) and each not in modules:
                modules.add(each)
                names = self.heap.get(each.scope)
                waiting.extend(names.items.values() if isinstance(names, Mapping) else ())
            elif isinstance(each, Ref) and each.id not in found:
                found.add(each.id)
                content = self.heap.get(each.id)
                if isinstance(content, Sequence):
                    waiting.extend(content.items)
                elif isinstance(content, Mapping):
                    waiting.extend(content.items.values())
                elif content is not None:
                    waiting.extend(content.among)
        step(passed // 10)  # a look costs less than a statement
        return found


def join(one: State | None, other: State | None, reason: str) -> State | None:
    """The state after two ways of which nobody knows which one is taken; ``None`` is a way that ends before."""
    if one is None or other is None:
        return one or other
    heap = dict(one.heap)
    for place, content in other.heap.items():
        before = heap.get(place)
        heap[place] = content if before is None else _join_contents(before, content, one, other, reason)
    return State(heap, {what: place for what, place in one.done.items() if what in other.done})


def join_values(one: Value, other: Value, reason: str, states: tuple[State, State] | None = None) -> Value:
    """A value that is one of two."""
    if is_same(one, other) or (states is not None and _is_equal(one, other, *states)):
        return one
    both = [value if isinstance(value, Unknown) else Unknown(reason, (value,), complete=True) for value in (one, other)]
    return Unknown(
        next((value.reason for value in both if not value.complete and not value.absent), reason),
        among=(*both[0].among, *(value for value in both[1].among if value not in both[0].among)),
        complete=all(value.complete or (value.absent and not value.among) for value in both),
        absent=any(value.absent for value in both),
    )


def _join_contents(one: Content, other: Content, first: State, second: State, reason: str) -> Content:
    if one is other:
        return one
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        lacking = Unknown(reason, absent=True)
        keys = [*one.items, *(key for key in other.items if key not in one.items)]
        return Mapping(
            {
                key: join_values(one.items.get(key, lacking), other.items.get(key, lacking), reason, (first, second))
                for key in keys
            }
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence) and one.kind == other.kind:
        return one if is_same(one.items, other.items) else Unknown(reason)
    return one if isinstance(one, Unknown) else other if isinstance(other, Unknown) else Unknown(reason)


def _is_equal(one: Value, other: Value, first: State, second: State) -> bool:
    """Whether two values made on different ways have the same content; older ones have names that tell them apart."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_is_equal(a, b, first, second) for a, b in zip(one, other, strict=True))
    if not isinstance(one, Ref) or not isinstance(other, Ref):
        return is_same(one, other)
    if one.id in second.heap or other.id in first.heap:
        return one == other
    here, there = first.heap[one.id], second.heap[other.id]
    if isinstance(here, Sequence) and isinstance(there, Sequence):
        return here.kind == there.kind and _is_equal(here.items, there.items, first, second)
    if isinstance(here, Mapping) and isinstance(there, Mapping):
        return list(here.items) == list(there.items) and _is_equal(
            tuple(here.items.values()), tuple(there.items.values()), first, second
        )
    return False
