"""A program in a terminal of its own, as a user sits at one."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

_PATIENCE_SECONDS = 60
# Colours, the title of the window, bracketed paste: what a terminal would act on instead of showing it.
_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[=>78]|\x0f")


# A control sequence as its last character and its number, or text.
_PIECE = re.compile(r"\x1b\[\??([\d;]*)([A-Za-z])|(\r|\n|[^\x1b\r\n]+)")


class Terminal:
    """Runs ``command`` in a pseudo terminal; :meth:`type` writes to it, :meth:`wait_for` waits for what it shows.

    ``raw`` is all that the command has written.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, columns: int = 200) -> None:
        self._master, slave = os.openpty()
        self.raw = b""
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self._process = subprocess.Popen(
            command,
            env={"TERM": "dumb", **env},
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._seen = b""

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._master, f"{text}\n".encode())

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until something is shown that matches; what is shown up to there is not looked at again.

        Raises :class:`AssertionError` with everything that was shown, when it does not come.
        """
        while True:
            text = _CONTROL.sub(b"", self._seen).decode(errors="replace").replace("\r", "")
            found = re.search(pattern, text, re.MULTILINE)
            if found:
                self._seen = text[found.end() :].encode()
                return found
            if not self._more():
                raise AssertionError(f"{pattern!r} did not come: {text!r}")

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        while self._more():
            pass
        os.close(self._master)
        return self._process.wait(_PATIENCE_SECONDS)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], _PATIENCE_SECONDS)
        try:
            piece = os.read(self._master, 1 << 16) if ready else b""
        except OSError:  # how Linux says that nobody has the other end open any more
            piece = b""
        self._seen += piece
        self.raw += piece
        return bool(piece)

    @property
    def screen(self) -> list[str]:
        """The lines that are to be seen, as far as a program only goes back to lines that it rewrites."""
        lines, row, column = [""], 0, 0
        for number, code, text in _PIECE.findall(self.raw.decode(errors="replace")):
            if code == "A":
                row = max(row - int(number or 1), 0)
            elif code == "K":
                lines[row] = "" if number == "2" else lines[row][:column]
            elif text == "\r":
                column = 0
            elif text == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif not code:
                lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + len(text) :]
                column += len(text)
        return [line.rstrip() for line in lines]
