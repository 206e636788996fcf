"""A project whose commands are killed: what it was before, what it would have become, and what is wrong with it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crash.invariants import digests, faults_of, is_locked, state_of
from crash.saved import Saved
from crash.victim import KILLED, Fault
from interlock_hooks.testing.project import program_path
from interlock_hooks.testing.result import Result
from kit.processes import run_command
from kit.project import Project

# Neither servers nor what engines would fetch again: nothing listens on the port of the proxies.
_OFFLINE = {"no_proxy": "", "NO_PROXY": "", "UV_OFFLINE": "1"}
_VICTIM = str(Path(__file__).with_name("victim.py"))
_TIMEOUT = 180
# What Interlock writes about a prefix, the last of them where it was killed while it did.
_OWN = frozenset({"interlock", ".interlock.new", "interlock-graph", ".interlock-graph.new", "history"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a project is: its manifest, its lock, and the files of its environment, except what Interlock says of it."""

    manifest: bytes
    lock: bytes | None
    files: Mapping[str, str]

    @classmethod
    def of(cls, project: Project) -> Outcome:
        """As it is now."""
        lock = project.lock_file.read_bytes() if project.lock_file.exists() else None
        found = digests(project.prefix)
        own = {f"conda-meta/{name}" for name in _OWN}
        files = {path: digest for path, digest in found.items() if path not in own}
        return cls(manifest=(project.root / "pyproject.toml").read_bytes(), lock=lock, files=files)

    @property
    def pair(self) -> tuple[bytes, bytes | None]:
        """Manifest and lock."""
        return self.manifest, self.lock


@dataclass(frozen=True, slots=True)
class Case:
    """A command in a project, saved as it was before; ``events`` are its side effects, in order."""

    name: str
    command: tuple[str, ...]
    saved: Saved
    before: Outcome
    after: Outcome
    events: list[list[str]]
    seconds: float
    previous: Outcome

    @property
    def engine_starts(self) -> list[int]:
        """The side effects after which rattler or uv begins to work on the environment."""
        begun = next(number for number, event in enumerate(self.events) if "conda-meta" in event[-1])
        rattler = [n for n, (kind, *_, path) in enumerate(self.events) if (kind, path[-13:]) == _HANDED_TO_RATTLER]
        uv = [number for number, (kind, *_) in enumerate(self.events) if kind == "subprocess.Popen"]
        return [number for number in (*rattler, *uv) if number > begun]

    def told(self, fault: Fault) -> str:
        """The moment of a kill."""
        what = "" if fault.at is None else f" at {' '.join(self.events[fault.at])}{', torn' if fault.torn else ''}"
        return f"{self.name}{what}{'' if fault.delay is None else f' after {fault.delay:.3f} s'}"


# The records are read from a file that is then removed.
_HANDED_TO_RATTLER = ("os.remove", "repodata.json")


@dataclass(frozen=True, slots=True)
class Arena:
    """A project below ``base``, with folders of its own for everything that a command may write to."""

    project: Project
    base: Path

    @property
    def temporary(self) -> Path:
        """Where temporary files go."""
        return self.base / "tmp"

    @property
    def folders(self) -> tuple[Path, ...]:
        """What a command changes, apart from the caches of the engines, which only grow."""
        return self.project.root, self.temporary, self.project.cache

    def run(self, *command: str, fault: Fault | None = None, offline: bool = False) -> Result:
        """Run a command, killed or not."""
        variables = {"TMPDIR": str(self.temporary), **(_OFFLINE if offline else {})}
        fault = fault or Fault(root=str(self.base))
        done = run_command(
            [_VICTIM, fault.text(), program_path("interlock"), *command],
            env=self.project.environment(variables),
            cwd=self.project.root,
            timeout=_TIMEOUT,
        )
        return Result(command, done.returncode, done.stdout, done.stderr)

    def case(self, name: str, *command: str, previous: Outcome | None = None) -> Case:
        """Run a command to its end and keep what it was given, did and made.

        ``previous`` is what the user may go back to after it, by default what was before it.
        """
        log = self.base / "events"
        saved = Saved.of(self.folders, self.base / "saved" / name)
        before, began = Outcome.of(self.project), time.monotonic()
        done = self.run(*command, fault=Fault(root=str(self.base), log=str(log)))
        assert done.code == 0, done.err
        seconds = time.monotonic() - began
        events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        return Case(name, command, saved, before, Outcome.of(self.project), events, seconds, previous or before)

    def kill(self, case: Case, fault: Fault, *, back: bool) -> list[str] | None:
        """What is wrong after a command was killed, and after the next one; ``None`` if it ended before that.

        With ``back`` the user first takes manifest and lock as they were (`git checkout`), so that the next command
        has something else to do than the one that was killed.
        """
        case.saved.put_back()
        done = self.run(*case.command, fault=fault)
        if done.code != KILLED:
            assert done.code == 0, done.err
            return None
        found = [*self._after_kill(case), *self._after_next(case, back=back and case.previous.lock is not None)]
        return [f"{case.told(fault)}{', back' if back else ''}: {each}".replace(str(self.base), "") for each in found]

    def _after_kill(self, case: Case) -> Iterator[str]:
        project = self.project
        now = Outcome.of(project)
        if now.manifest not in (case.before.manifest, case.after.manifest):
            yield "the manifest is neither the old nor the new one"
        if now.lock not in (case.before.lock, case.after.lock):
            yield "the lock is neither the old nor the new one"
        if state_of(project.prefix).get("complete") and now.files not in (case.before.files, case.after.files):
            yield f"what is not complete is said to be: {_difference(now.files, case.after.files)}"
        if is_locked(project.prefix.parent / ".default.lock"):
            yield "the environment is still locked"

    def _after_next(self, case: Case, *, back: bool) -> Iterator[str]:
        """What is wrong after `env install` and `env doctor`, without servers unless nothing was locked before."""
        project = self.project
        if back:
            (project.root / "pyproject.toml").write_bytes(case.previous.manifest)
            project.lock_file.write_bytes(case.previous.lock or b"")
        unlocked = case.before.manifest == case.after.manifest and case.command[1] == "install"
        locked = project.lock_file.exists() and project.lock_file.read_bytes() == case.after.lock
        wanted = case.previous if back else case.after if locked or unlocked else case.before
        done = self.run("env", "install", offline=back or locked or not unlocked)
        if done.code:
            yield f"env install failed: {done.err}"
            return
        now = Outcome.of(project)
        if now.pair != wanted.pair:
            yield "manifest and lock do not belong together"
        if now.files != wanted.files:
            yield f"other files than without a kill: {_difference(now.files, wanted.files)}"
        yield from faults_of(project.prefix)
        yield from self._litter()

    def after_doctor(self) -> Iterator[str]:
        """What `env doctor` finds."""
        doctor = self.run("env", "doctor", "--json", offline=True)
        if doctor.code or doctor.findings:
            yield f"env doctor: {doctor.out} {doctor.err}"

    def _litter(self) -> Iterator[str]:
        project, ours = self.project, f"interlock-{os.getuid()}"
        meta = project.prefix / "conda-meta"
        expected = {
            # There the next command that uses temporary files removes what is left.
            self.temporary: {ours},
            project.root: {"pyproject.toml", "interlock.lock", ".interlock"},
            project.root / ".interlock": {"envs"},
            project.prefix.parent: {"default", ".default.lock", ".default.holder", "..default.holder.new"},
            meta: {*_OWN, *(each.name for each in meta.glob("*-*-*.json"))},
        }
        for folder, names in expected.items():
            for each in folder.iterdir():
                if each.name not in names and not (folder == self.temporary and _is_of_others(each)):
                    yield f"{each.relative_to(self.base)} was left"


def _is_of_others(path: Path) -> bool:
    """Whether a temporary file is a lock of uv, or what Python's :mod:`tempfile` tries a directory with."""
    return path.name.startswith("uv-") or (len(path.name) == 8 and path.read_bytes() in (b"", b"blat"))


def _difference(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    lost, new = sorted(other.keys() - one.keys()), sorted(one.keys() - other.keys())
    changed = sorted(path for path in one.keys() & other.keys() if one[path] != other[path])
    return f"{len(lost)} missing {lost[:5]}, {len(new)} too many {new[:5]}, {len(changed)} differ {changed[:5]}"
