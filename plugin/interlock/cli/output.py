"""The output of a command: text or one JSON document on stdout, findings and progress on stderr."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from rich.console import Console, RenderableType

    from interlock_hooks.types import CodeStarted, Finding, InterlockError

    class Sign(Protocol):
        """What a terminal shows for a while, and shows again after something was printed."""

        def show(self) -> None:
            """Begin to show it."""

        def hide(self) -> None:
            """Leave nothing of it on the screen."""

        def tell(self, what: str) -> None:
            """Show what is worked on, if nothing says it better."""


INTERRUPTED = 130

_TRACEBACK_VERBOSITY = 2


class Output:
    """The output of one command; ``answers`` says that what it prints on stdout is what was asked for.

    That is printed even if the output is to be ``quiet``. rich is imported when something is rendered, so that a no-op
    prints its line without it.
    """

    def __init__(
        self, command: str, *, json: bool = False, quiet: bool = False, verbose: int = 0, answers: bool = False
    ) -> None:
        self.command = command
        self._answers = answers
        self.json = json
        self.quiet = quiet
        self.verbose = verbose
        # Findings that were shown while the command ran.
        self.reported: list[Finding] = []
        # Whose code has run.
        self.ran: list[CodeStarted] = []
        # The last one is on the screen.
        self._signs: list[Sign] = []

    @contextmanager
    def showing(self, sign: Sign) -> Iterator[None]:
        """Show a sign of work for the block, in place of the one that is shown; it makes way for what is printed."""
        self._hide()
        self._signs.append(sign)
        self._show()
        try:
            yield
        finally:
            self._hide()
            if sign in self._signs:
                self._signs.remove(sign)
            self._show()

    def tell(self, what: str) -> None:
        """Have the sign that is shown say what is worked on."""
        if self._signs:
            self._signs[-1].tell(what)

    def hand_over(self) -> None:
        """Leave the terminal to another program: no sign is shown any more."""
        self._hide()
        self._signs.clear()

    @property
    def is_text(self) -> bool:
        """Whether results are shown as text; otherwise nothing that renders them need be imported."""
        return not self.json and (self._answers or not self.quiet)

    def document(self, data: Mapping[str, Any], *, findings: Sequence[Finding] = ()) -> None:
        """Print the result as JSON, if JSON was asked for."""
        if self.json:
            from interlock.cli.json.envelope import answer_document

            self._print_json(answer_document(self.command, data, (*self.reported, *findings)))

    def verdict(self, data: Mapping[str, Any], findings: Sequence[Finding], exit_code: int) -> None:
        """Print a result whose findings are the answer, bad news included; errors are shown in any case."""
        if self.json:
            from interlock.cli.json.envelope import verdict_document

            self._print_json(verdict_document(self.command, data, (*self.reported, *findings), exit_code))
        brief = self.json or self.quiet
        self._render([finding for finding in findings if not brief or finding.severity.value == "error"])

    def line(self, text: str) -> None:
        """Print a plain line of result, unless the output is JSON or quiet."""
        if self.is_text:
            if "://" in text:
                from interlock.core.urls import discreet  # a no-op does without

                text = discreet(text)
            with self._room():
                print(text, flush=bool(self._signs))  # noqa: T201 - this module is where printing happens

    def script(self, text: str) -> None:
        """Write text that a shell or another tool is to read, as it is; file names in it need not be UTF-8."""
        with self._room():
            sys.stdout.flush()
            sys.stdout.buffer.write(os.fsencode(text))
            sys.stdout.buffer.flush()

    def show(self, *renderables: RenderableType) -> None:
        """Print rich renderables on stdout, unless the output is JSON or quiet."""
        if self.is_text:
            console = self.console(stderr=False)
            with self._room():
                for renderable in renderables:
                    if console.file.isatty():
                        console.print(renderable)
                        continue
                    with console.capture() as printed:
                        console.print(renderable)
                    # rich fills the cells of tables with blanks up to the width of their column.
                    console.file.write("\n".join(line.rstrip(" ") for line in printed.get().split("\n")))

    def console(self, *, stderr: bool = True) -> Console:
        """A console; without a terminal it does not wrap lines, so that logs and pipes stay greppable."""
        from rich.console import Console

        console = Console(stderr=stderr, highlight=False)
        # FORCE_COLOR makes a terminal of everything for rich.
        if not console.file.isatty():
            console.width = 1000
            console.soft_wrap = True
        return console

    def findings(self, findings: Sequence[Finding]) -> None:
        """Show warnings and notes on stderr; in JSON they are part of the document."""
        if findings and not (self.json or self.quiet):
            self._render(findings)

    def failure(self, error: InterlockError) -> None:
        """Report why the command failed: errors are the last thing on the screen, and the first of the document."""
        self.answer_failure(error)
        self._traceback(error)
        errors = [finding for finding in error.findings if finding.severity.value == "error"]
        others = [finding for finding in error.findings if finding not in errors]
        self._render(errors if self.quiet and errors else [*others, *errors])

    def answer_failure(self, error: InterlockError) -> None:
        """Print why the command failed as JSON, if JSON was asked for."""
        if self.json:
            from interlock.cli.json.envelope import failure_document

            findings = (*error.findings, *self.reported)
            self._print_json(failure_document(self.command, findings, error.exit_code, self.ran))

    def failed(self, error: Exception) -> int:
        """Report the error that stopped the command and return its exit code; an unexpected exception is a bug."""
        from interlock_hooks.types import InterlockError

        if isinstance(error, InterlockError):
            self.failure(error)
            return int(error.exit_code)
        return self.unforeseen(error)

    def interrupted(self) -> None:
        """Say that the user stopped the command."""
        if self.json:
            from interlock.cli.json.envelope import failure_document

            self._print_json(failure_document(self.command, (), INTERRUPTED, self.ran))
        with self._room():
            print("interrupted: nothing is left running; run the command again to continue", file=sys.stderr)  # noqa: T201

    def unforeseen(self, error: Exception) -> int:
        """Report an exception that no part of Interlock expected, the operating system's or its own fault.

        Returns the exit code.
        """
        from interlock.cli.findings import bug, not_utf8, refusal_of_the_system
        from interlock_hooks.types import InterlockError

        shown = InterlockError(refusal_of_the_system(error) or not_utf8(error) or bug(error))
        shown.__cause__ = error
        self.failure(shown)
        return int(shown.exit_code)

    def _render(self, findings: Sequence[Finding]) -> None:
        from interlock.cli.discreet import discreet_finding
        from interlock.cli.render import render_finding

        console = self.console()
        with self._room():
            for finding in findings:
                console.print(render_finding(discreet_finding(finding), verbose=self.verbose > 0))

    def _traceback(self, error: BaseException) -> None:
        if self.verbose >= _TRACEBACK_VERBOSITY:
            import traceback

            from interlock.core.urls import discreet

            with self._room():
                sys.stderr.write(discreet("".join(traceback.format_exception(error))))

    def _print_json(self, document: dict[str, Any]) -> None:
        with self._room():
            print(json.dumps(document, indent=2), flush=bool(self._signs))  # noqa: T201

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Room for something to be printed."""
        self._hide()
        try:
            yield
        finally:
            self._show()

    def _hide(self) -> None:
        if self._signs:
            self._signs[-1].hide()

    def _show(self) -> None:
        if self._signs:
            self._signs[-1].show()
