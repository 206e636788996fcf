"""Statements of a setup.py, followed in their order; where nobody knows which way is taken, both are."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from interlock.builds.sources.static.setup_py.assignments import Assignments
from interlock.builds.sources.static.setup_py.state import State, join
from interlock.builds.sources.static.setup_py.values import (
    Content,
    DeadEndError,
    External,
    GiveUpError,
    LocalModule,
    Mapping,
    Method,
    NotConcreteError,
    Sequence,
    Unknown,
    Value,
)

_MOST_ROUNDS = 1000
_CONTEXTS = ("builtins.open", "io.open", "codecs.open", "warnings.catch_warnings", "tempfile.TemporaryDirectory")


@dataclass(slots=True)
class Loop:
    """A loop that is being followed: the states at its ``break`` and ``continue`` statements."""

    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)


class Statements(Assignments):
    """Follows statements."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.loops: list[Loop] = []

    @contextmanager
    def contained(self, name: str) -> Iterator[None]:
        """Follow a module; if that is not possible, what all modules of the source hold is unknown."""
        before, loops, tries = self.state.copy(), len(self.loops), len(self.tries)
        try:
            with self.limited():
                yield
        except GiveUpError as error:
            del self.loops[loops:], self.tries[tries:]
            self.state = before
            self.modules[name] = Unknown(str(error))
            for module in self.modules.values():
                if isinstance(module, LocalModule):
                    self.state.heap[module.scope] = Unknown(str(error))

    def run(self, body: list[ast.stmt]) -> None:
        """Execute statements. Raises :class:`DeadEndError`."""
        for statement in body:
            self.step()
            self._execute(statement)

    def run_block(self, body: list[ast.stmt]) -> State | None:
        """Execute statements; the state after them, or ``None`` if no way leads there."""
        try:
            self.run(body)
        except DeadEndError:
            return None
        return self.state

    def _execute(self, node: ast.stmt) -> None:
        method = getattr(self, f"_exec_{type(node).__name__.lower()}", None)
        if method is None:
            raise GiveUpError(f"{self.place(node)} has a statement that is not followed")
        method(node)

    def _exec_pass(self, _: ast.Pass) -> None:
        """Nothing."""

    def _exec_expr(self, node: ast.Expr) -> None:
        self.evaluate(node.value)

    def _exec_global(self, node: ast.Global) -> None:
        self.frame.globals.update(node.names)

    # Ways through the code

    def _exec_return(self, node: ast.Return) -> None:
        value = None if node.value is None else self.evaluate(node.value)
        self.frame.returns.append((value, self.fork()))
        raise DeadEndError

    def _exec_raise(self, _: ast.Raise) -> None:
        raise self.dead_end()

    def _exec_assert(self, node: ast.Assert) -> None:
        truth = self.truth(self.evaluate(node.test))
        if truth is None:
            self.may_raise()
        elif not truth:
            raise self.dead_end()

    def _exec_break(self, _: ast.Break) -> None:
        self.loops[-1].breaks.append(self.fork())
        raise DeadEndError

    def _exec_continue(self, _: ast.Continue) -> None:
        self.loops[-1].continues.append(self.fork())
        raise DeadEndError

    def _exec_if(self, node: ast.If) -> None:
        test = self.evaluate(node.test)
        truth = self.truth(test)
        if truth is not None:
            self.run(node.body if truth else node.orelse)
            return
        reason = f"{self.as_unknown(test).reason} (decides at {self.place(node)})"
        self._both(node.body, node.orelse, reason)

    def _fresh(self, state: State) -> State:
        self.step(1 + len(state.heap) // 20)
        return state.copy()

    def _both(self, one: list[ast.stmt], other: list[ast.stmt], reason: str) -> None:
        before = self.state
        self.state = self._fresh(before)
        here = self.run_block(one)
        self.state = self._fresh(before)
        there = self.run_block(other)
        self._go_on(join(here, there, reason))

    def _go_on(self, state: State | None) -> None:
        if state is None:
            raise DeadEndError
        self.state = state

    # Loops

    def _exec_for(self, node: ast.For) -> None:
        iterable = self.evaluate(node.iter)
        try:
            items = self.items(iterable)
        except NotConcreteError as error:
            reason = f"{error.unknown.reason} (in the loop at {self.place(node)})"
            # An element may be a part of what is known, and be changed in the loop.
            self.escape(reason, iterable)
            unknown = Unknown(reason)

            def once() -> None:
                self.assign(node.target, unknown)
                self.run(node.body)

            self._repeated(once, node.orelse, reason)
            return
        loop = Loop()
        self.loops.append(loop)
        alive = self._each(node, items, loop)
        self.loops.pop()
        self._leave(alive, loop, node.orelse, f"the loop at {self.place(node)} may end early")

    def _each(self, node: ast.For, items: tuple[Value, ...], loop: Loop) -> State | None:
        for item in items:
            self.step()
            self.assign(node.target, item)
            if not self._round(node.body, loop, node):
                return None
        return self.state

    def _round(self, body: list[ast.stmt], loop: Loop, node: ast.AST) -> bool:
        """Follow the body of a loop once; whether a way leads on."""
        after = self.run_block(body)
        for state in loop.continues:
            after = join(after, state, f"what {self.place(node)} does in a round is not known")
        loop.continues.clear()
        if after is not None:
            self.state = after
        return after is not None

    def _exec_while(self, node: ast.While) -> None:
        loop = Loop()
        self.loops.append(loop)
        alive: State | None = None
        for _ in range(_MOST_ROUNDS):
            test = self.evaluate(node.test)
            truth = self.truth(test)
            if truth is None:
                self.loops.pop()
                if loop.breaks:
                    raise GiveUpError(f"{self.place(node)} has a loop that is not followed")
                reason = f"{self.as_unknown(test).reason} (in the loop at {self.place(node)})"

                def once() -> None:
                    self.run(node.body)
                    self.evaluate(node.test)

                self._repeated(once, node.orelse, reason)
                return
            if not truth:
                alive = self.state
                break
            if not self._round(node.body, loop, node):
                break
        else:
            raise GiveUpError(f"{self.place(node)} has a loop that takes too long")
        self.loops.pop()
        self._leave(alive, loop, node.orelse, f"the loop at {self.place(node)} may end early")

    def repeat(self, once: Callable[[], None], reason: str) -> None:
        """Follow code that is run any number of times."""
        self._repeated(once, [], reason)

    def _repeated(self, once: Callable[[], None], orelse: list[ast.stmt], reason: str) -> None:
        """Follow a body that is run any number of times, until another round changes nothing any more."""
        loop = Loop()
        self.loops.append(loop)
        before = self.state
        for number in range(_MOST_ROUNDS):
            self.state = self._fresh(before)
            after: State | None = None
            try:
                once()
                after = self.state
            except DeadEndError:
                pass
            for state in loop.continues:
                after = join(after, state, reason)
            loop.continues.clear()
            merged = join(before, after, reason)
            assert merged is not None  # noqa: S101 - no round at all is a way
            if number and _is_settled(merged, before):
                break
            before = merged
        else:
            raise GiveUpError(f"a loop that is not followed: {reason}")
        self.loops.pop()
        self.state = before
        self._leave(before, loop, orelse, reason)

    def _leave(self, alive: State | None, loop: Loop, orelse: list[ast.stmt], reason: str) -> None:
        if alive is not None:
            self.state = alive
            alive = self.run_block(orelse)
        for state in loop.breaks:
            alive = join(alive, state, reason)
        self._go_on(alive)

    # Exceptions

    def _exec_try(self, node: ast.Try) -> None:
        raised: list[State] = []
        self.tries.append(raised)
        alive = self.run_block(node.body)
        self.tries.pop()
        if alive is not None and node.orelse:
            self.state = alive
            alive = self.run_block(node.orelse)
        reason = f"{self.place(node)} handles an exception that may occur"
        start: State | None = None
        for state in raised:
            start = join(start, state, reason)
        ways = [alive]
        if start is not None and not _catches_all(node):
            self._pass_on(start)
        for handler in node.handlers if start is not None else ():
            assert start is not None  # noqa: S101 - see above
            self.state = self._fresh(start)
            if handler.name:
                self.bind(handler.name, Unknown("an exception"))
            ways.append(self.run_block(handler.body))
        joined: State | None = None
        for way in ways:
            joined = join(joined, way, reason)
        if node.finalbody:
            self.state = joined or start or self.state
            after = self.run_block(node.finalbody)
            joined = after if joined is not None else None
        self._go_on(joined)

    def _pass_on(self, state: State) -> None:
        """An exception that the handlers may not take goes on to the next ones."""
        if self.tries:
            self.tries[-1].append(state)

    def _exec_with(self, node: ast.With) -> None:
        suppressing = False
        for item in node.items:
            value = self.evaluate(item.context_expr)
            suppressing = suppressing or not self._passes_exceptions_on(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        if not suppressing:
            self.run(node.body)
            return
        raised: list[State] = []
        self.tries.append(raised)
        alive = self.run_block(node.body)
        self.tries.pop()
        for state in raised:
            alive = join(alive, state, f"{self.place(node)} may suppress an exception")
            self._pass_on(state)
        self._go_on(alive)

    def _passes_exceptions_on(self, context: ast.expr) -> bool:
        """Whether a context manager is one of the library's that do not suppress exceptions."""
        if not isinstance(context, ast.Call):
            return False
        match self.evaluate(context.func):
            case External(dotted):
                return dotted in _CONTEXTS
            case Method(owner, "open"):
                return isinstance(owner, PurePosixPath)
        return False

    # Generators

    def _eval_yield(self, node: ast.Yield) -> Value:
        value = None if node.value is None else self.evaluate(node.value)
        self._give((value,))
        return None

    def _eval_yieldfrom(self, node: ast.YieldFrom) -> Value:
        try:
            self._give(self.items(self.evaluate(node.value)))
        except NotConcreteError as error:
            raise GiveUpError(f"{self.place(node)}: {error.unknown.reason}") from error
        return None

    def _give(self, items: tuple[Value, ...]) -> None:
        ref = self.frame.yields
        assert ref is not None  # noqa: S101 - only generators yield
        content = self.content(ref)
        if isinstance(content, Sequence):
            self.state.heap[ref.id] = Sequence((*content.items, *items), "iterator")


def _catches_all(node: ast.Try) -> bool:
    return any(
        handler.type is None
        or (isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException"))
        for handler in node.handlers
    )


def _is_settled(after: State, before: State) -> bool:
    return all(_is_like(after.heap[place], content) for place, content in before.heap.items())


def _is_like(one: Content, other: Content) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.items.keys() == other.items.keys() and all(
            _is_value_like(value, other.items[key]) for key, value in one.items.items()
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return one.kind == other.kind and _is_value_like(one.items, other.items)
    return isinstance(one, Unknown) and isinstance(other, Unknown)


def _is_value_like(one: Value, other: Value) -> bool:
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return one.absent == other.absent
    return one is other or (type(one) is type(other) and bool(one == other))
