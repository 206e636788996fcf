"""The plugin manager: what it loads, in which order it asks, and how it reports a plugin that is broken."""

from __future__ import annotations

import asyncio
import errno
import sys
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from interlock import __version__
from interlock.core.files import sha256_of
from interlock.engines.work import Stopped, Work, current
from interlock.plugins.guard import hook_specs
from interlock.plugins.manager import PluginInfo, Plugins, installed_entry_points
from interlock_hooks import hookimpl
from interlock_hooks.testing.plugins import write_plugin
from interlock_hooks.types import (
    CodeStarted,
    CondaSolution,
    Finding,
    FindingReported,
    InterlockError,
    Severity,
    StageProgress,
    StageStarted,
    VirtualPackage,
)
from kit.hooks import CONDA, EXERCISES, FINDING, PLAN, RECORD, environment, plugin, request, wheel

HOOKS = sorted(hook_specs())
FIRST = sorted(name for name, specification in hook_specs().items() if specification.first)
ALL = sorted(set(HOOKS) - set(FIRST))
REQUEST = request(Path())
# None of these is the result of any hook.
WRONG = object()

# Takes every argument that any hook has, by pluggy's rule that arguments are passed by name.
TWO_NAMED = """
from interlock_hooks import hookimpl

@hookimpl
def interlock_pypi_names(record):
    return [{answer!r}]

@hookimpl
def interlock_build_variables():
    return {{"WHO": {answer!r}, {answer!r}: "1"}}
"""


def registered(*parts: object) -> Plugins:
    plugins = Plugins()
    for number, part in enumerate(parts):
        plugins.register_builtin(f"part{number}", part)
    return plugins


def only(error: pytest.ExceptionInfo[InterlockError]) -> Finding:
    (finding,) = error.value.findings
    return finding


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs distributions with a plugin into a folder that is on ``sys.path``."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def install(name: str, source: str) -> None:
        path = write_plugin(folder, name, source)
        monkeypatch.delitem(sys.modules, path.stem, raising=False)

    return install


# -- hooks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_hands_on_what_a_plugin_answers(hook: str, tmp_path: Path) -> None:
    exercise = EXERCISES[hook]
    answer = exercise.answer(tmp_path)
    asked = []

    def function() -> object:
        asked.append(hook)
        return answer

    result = exercise.ask(registered(plugin(**{hook: function})), tmp_path)
    assert asked == [hook]
    assert result == exercise.expected(answer)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_failure_in_any_hook_names_plugin_and_hook(hook: str, tmp_path: Path) -> None:
    def function() -> object:
        raise LookupError("no such table")

    with pytest.raises(InterlockError) as error:
        EXERCISES[hook].ask(registered(plugin(**{hook: function})), tmp_path)
    finding = only(error)
    assert finding.code == "IL805"
    assert finding.what == f"plugin 'part0' failed in {hook}"
    assert finding.why == "LookupError: no such table"
    assert isinstance(error.value.__cause__, LookupError)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_wrong_result_of_any_hook_names_plugin_hook_and_type(hook: str, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as error:
        EXERCISES[hook].ask(registered(plugin(**{hook: lambda: WRONG})), tmp_path)
    finding = only(error)
    assert finding.code == "IL806"
    assert finding.what == f"plugin 'part0' returned the wrong type from {hook}"
    assert finding.why == f"expected {hook_specs()[hook].text}, got object"


@pytest.mark.parametrize(
    ("hook", "answer", "why"),
    [
        ("interlock_virtual_packages", ["__mpi"], "expected list[VirtualPackage], got list[str]"),
        ("interlock_pypi_names", "torch", "expected list[str] | None, got str"),
        ("interlock_pypi_names", [b"torch", "x"], "expected list[str] | None, got list[bytes, str]"),
        ("interlock_build_variables", {"JOBS": 4}, "expected Mapping[str, str], got dict[int, str]"),
        ("interlock_check_wheel", (FINDING, None), "expected list[Finding], got tuple[Finding, NoneType]"),
    ],
)
def test_items_of_results_are_checked(hook: str, answer: object, why: str, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as error:
        EXERCISES[hook].ask(registered(plugin(**{hook: lambda: answer})), tmp_path)
    assert only(error).why == why


@pytest.mark.parametrize("hook", ALL)
def test_no_plugin_and_no_answer_are_an_empty_result(hook: str, tmp_path: Path) -> None:
    ask = EXERCISES[hook].ask
    silent = ask(registered(plugin(**{hook: lambda: None})), tmp_path)
    assert silent == ask(Plugins(), tmp_path)
    assert not silent


@pytest.mark.parametrize("hook", sorted(set(FIRST) - {"interlock_pypi_names"}))
def test_a_stage_without_an_answer_is_an_error(hook: str, tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as error:
        EXERCISES[hook].ask(registered(plugin(**{hook: lambda: None})), tmp_path)
    finding = only(error)
    assert finding.code == "IL804"
    assert hook in finding.what


def test_unknown_pypi_names_are_no_error() -> None:
    assert Plugins().pypi_names(RECORD, REQUEST) is None
    assert registered(plugin(interlock_pypi_names=lambda: ())).pypi_names(RECORD, REQUEST) == ()


def test_results_of_several_plugins_are_joined_and_a_tuple_does_for_a_list(tmp_path: Path) -> None:
    one, two = (VirtualPackage(name=name, version="1") for name in ("__one", "__two"))
    plugins = registered(
        plugin(interlock_virtual_packages=lambda: [one]), plugin(interlock_virtual_packages=lambda: (two,))
    )
    assert plugins.virtual_packages(request(tmp_path)) == [two, one]


def test_a_plugin_may_take_some_of_the_arguments(tmp_path: Path) -> None:
    class Partial:
        @hookimpl
        def interlock_check_resolution(self, conda: CondaSolution) -> list[Finding]:
            return [Finding(code="IL890", what=conda.records[0].name)]

    (finding,) = EXERCISES["interlock_check_resolution"].ask(registered(Partial()), tmp_path)  # type: ignore[misc]
    assert finding.what == "company-pytorch"


def test_a_plugin_may_stop_with_a_message_of_its_own(tmp_path: Path) -> None:
    own = InterlockError(Finding(code="IL290", what="the mirror is down"))

    def refuse() -> None:
        raise own

    with pytest.raises(InterlockError) as error:
        EXERCISES["interlock_conda_solve"].ask(registered(plugin(interlock_conda_solve=refuse)), tmp_path)
    assert error.value is own


def test_a_plugin_that_exits_is_a_failing_plugin(tmp_path: Path) -> None:
    with pytest.raises(InterlockError) as error:
        EXERCISES["interlock_event"].ask(registered(plugin(interlock_event=lambda: sys.exit(0))), tmp_path)
    assert only(error).code == "IL805"


@pytest.mark.parametrize("error", [asyncio.CancelledError(), type("Own", (BaseException,), {})()])
def test_an_error_that_is_no_exception_is_a_failure_as_well(error: BaseException, tmp_path: Path) -> None:
    def refuse() -> None:
        raise error

    with pytest.raises(InterlockError) as caught:
        EXERCISES["interlock_conda_solve"].ask(registered(plugin(interlock_conda_solve=refuse)), tmp_path)
    assert only(caught).code == "IL805"


@pytest.mark.parametrize("end", [KeyboardInterrupt, Stopped])
def test_the_end_of_a_command_is_no_failure_of_a_plugin(end: type[BaseException], tmp_path: Path) -> None:
    def stop() -> None:
        raise end

    with pytest.raises(end):
        EXERCISES["interlock_conda_solve"].ask(registered(plugin(interlock_conda_solve=stop)), tmp_path)


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "Permission denied", "/cache"),
        MemoryError(),
        UnicodeEncodeError("utf-8", "/\udcff", 1, 2, "surrogates not allowed"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_a_built_in_plugin(tmp_path: Path, error: Exception) -> None:
    def refused() -> None:
        raise error

    with pytest.raises(type(error)):
        EXERCISES["interlock_event"].ask(registered(plugin(interlock_event=refused)), tmp_path)


def test_an_interrupt_passes_through(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        EXERCISES["interlock_event"].ask(registered(plugin(interlock_event=interrupt)), tmp_path)


def test_a_finding_is_told_once_in_a_run() -> None:
    seen: list[object] = []
    plugins = registered(plugin(interlock_event=lambda event: seen.append(event)))
    one, other = (FindingReported(finding=Finding(code="IL890", what=what)) for what in ("one", "other"))
    for event in (one, other, one):
        plugins.event(event)
    assert seen == [one, other]


def test_findings_that_are_held_back_are_told_in_their_turn() -> None:
    seen: list[object] = []
    plugins = registered(plugin(interlock_event=lambda event: seen.append(event)))
    held: list[FindingReported] = []
    told, other = FindingReported(finding=Finding(code="IL890", what="told")), StageStarted(stage="plan")
    with plugins.held_back(held):
        plugins.event(told)
        plugins.event(other)
        # Another thread is at something else.
        thread = threading.Thread(target=plugins.event, args=(FindingReported(finding=FINDING),))
        thread.start()
        thread.join()
    assert seen == [other, FindingReported(finding=FINDING)]
    for event in held:
        plugins.event(event)
    assert seen[2:] == [told]


def test_what_is_tried_in_one_thread_does_not_mute_another() -> None:
    seen: list[object] = []
    plugins = registered(plugin(interlock_event=lambda event: seen.append(event)))
    with plugins.muted():
        plugins.event(StageStarted(stage="plan"))
        thread = threading.Thread(target=plugins.event, args=(StageStarted(stage="audit"),))
        thread.start()
        thread.join()
    assert seen == [StageStarted(stage="audit")]


def test_stopped_work_tells_nothing() -> None:
    seen: list[object] = []
    plugins = registered(plugin(interlock_event=lambda event: seen.append(event)))
    work = Work(current())
    work.stop()
    with work.begun():
        plugins.event(StageStarted(stage="plan"))
    assert seen == []


def test_whose_code_runs_is_told_of_trials_and_of_stopped_work_too() -> None:
    seen: list[object] = []
    plugins = registered(plugin(interlock_event=lambda event: seen.append(event)))
    trial, late = (CodeStarted(kind="backend", name=name, step="metadata") for name in ("trial", "late"))
    with plugins.muted():
        plugins.event(trial)
    work = Work(current())
    work.stop()
    with work.begun():
        plugins.event(late)
    assert seen == [trial, late]


def test_who_answered_is_known_to_the_thread_that_asked(site: Callable[..., None]) -> None:
    site("named", TWO_NAMED.format(answer="named"))
    plugins = Plugins()
    assert plugins.pypi_names(RECORD, REQUEST) is None
    plugins.register_third_party(["named"])
    thread = threading.Thread(target=plugins.pypi_names, args=(RECORD, REQUEST))
    thread.start()
    thread.join()
    assert plugins.last_answer("interlock_pypi_names") is None
    plugins.pypi_names(RECORD, REQUEST)
    assert plugins.last_answer("interlock_pypi_names") == "named"


def test_events_reach_listeners_from_any_thread(tmp_path: Path) -> None:
    seen: list[int] = []
    plugins = registered(plugin(interlock_event=lambda: seen.append(threading.get_ident())))
    thread = threading.Thread(target=EXERCISES["interlock_event"].ask, args=(plugins, tmp_path))
    thread.start()
    thread.join()
    assert seen
    assert seen != [threading.get_ident()]


# -- wrappers --------------------------------------------------------------------------------------------------------


def wrapping(hook: str, change: Callable[[Any], object]) -> object:
    def function() -> Generator[None, Any, object]:
        result = yield
        return change(result)

    return plugin(**{hook: hookimpl(wrapper=True)(function)})


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_can_be_wrapped(hook: str, tmp_path: Path) -> None:
    exercise = EXERCISES[hook]
    answer = exercise.answer(tmp_path)
    seen = []

    def note(result: object) -> object:
        seen.append(result)
        return result

    plugins = registered(plugin(**{hook: lambda: answer}), wrapping(hook, note))
    assert exercise.ask(plugins, tmp_path) == exercise.expected(answer)
    together: list[object] = [] if answer is None else [answer]
    assert seen == ([answer] if hook in FIRST else [together])


def test_a_wrapper_may_change_the_result() -> None:
    plugins = registered(
        plugin(interlock_pypi_names=lambda: ["torch"]), wrapping("interlock_pypi_names", lambda names: [*names, "more"])
    )
    assert plugins.pypi_names(RECORD, REQUEST) == ("torch", "more")


def test_a_wrapper_around_nothing_is_no_error() -> None:
    assert registered(wrapping("interlock_pypi_names", lambda names: names)).pypi_names(RECORD, REQUEST) is None


@pytest.mark.parametrize("hook", HOOKS)
def test_a_wrapper_that_returns_the_wrong_type_is_named(hook: str, tmp_path: Path) -> None:
    exercise = EXERCISES[hook]
    plugins = registered(plugin(**{hook: lambda: exercise.answer(tmp_path)}), wrapping(hook, lambda result: WRONG))
    with pytest.raises(InterlockError) as error:
        exercise.ask(plugins, tmp_path)
    finding = only(error)
    assert finding.code == "IL806"
    assert finding.what == f"plugin 'part1' returned the wrong type from {hook}"


def test_a_wrapper_that_fails_is_named(tmp_path: Path) -> None:
    plugins = registered(
        plugin(interlock_pypi_names=lambda: ["torch"]), wrapping("interlock_pypi_names", lambda names: names["torch"])
    )
    with pytest.raises(InterlockError) as error:
        plugins.pypi_names(RECORD, REQUEST)
    assert only(error).what == "plugin 'part1' failed in interlock_pypi_names"


def test_a_failure_inside_a_wrapper_is_blamed_on_who_failed() -> None:
    def fail() -> None:
        raise LookupError

    plugins = registered(plugin(interlock_pypi_names=fail), wrapping("interlock_pypi_names", lambda names: names))
    with pytest.raises(InterlockError) as error:
        plugins.pypi_names(RECORD, REQUEST)
    assert only(error).what == "plugin 'part0' failed in interlock_pypi_names"


# -- third-party plugins ---------------------------------------------------------------------------------------------


def test_an_installed_plugin_runs_only_where_it_is_named(site: Callable[..., None]) -> None:
    site("named", TWO_NAMED.format(answer="named"))
    site("unnamed", "raise AssertionError('must not be imported')\n")
    plugins = Plugins()
    plugins.register_third_party(["named"])
    assert plugins.pypi_names(RECORD, REQUEST) == ("named",)
    assert "unnamed" in installed_entry_points()
    assert "unnamed" not in sys.modules


def test_plugins_are_asked_in_the_order_of_the_manifest_and_before_built_in_ones(
    site: Callable[..., None], tmp_path: Path
) -> None:
    site("one", TWO_NAMED.format(answer="one"))
    site("two", TWO_NAMED.format(answer="two"))
    plugins = registered(plugin(interlock_pypi_names=lambda: ["built-in"]))
    plugins.register_third_party(["one", "two"])
    assert plugins.pypi_names(RECORD, REQUEST) == ("one",)
    variables = EXERCISES["interlock_build_variables"].ask(plugins, tmp_path)
    assert variables == {"WHO": "one", "one": "1", "two": "1"}


def test_a_plugin_that_is_named_twice_runs_once(site: Callable[..., None]) -> None:
    site("twice", TWO_NAMED.format(answer="twice"))
    plugins = Plugins()
    plugins.register_third_party(["twice", "twice"])
    plugins.register_third_party(["twice"])
    assert [info.name for info in plugins.infos() if info.enabled] == ["twice"]


def test_a_plugin_may_be_a_class_or_an_instance(site: Callable[..., None], tmp_path: Path) -> None:
    source = """
from interlock_hooks import hookimpl

class Plugin:
    answer = ["class"]

    @hookimpl
    def interlock_pypi_names(self, record):
        return self.answer

instance = Plugin()
instance.answer = ["instance"]
"""
    for name in ("class", "instance"):
        site(f"a-{name}", source)
        target = "Plugin" if name == "class" else "instance"
        (info,) = (tmp_path / "site").glob(f"a_{name}-*.dist-info")
        (info / "entry_points.txt").write_text(f"[interlock]\na-{name} = a_{name}:{target}\n")
        plugins = Plugins()
        plugins.register_third_party([f"a-{name}"])
        assert plugins.pypi_names(RECORD, REQUEST) == (name,)


def test_a_class_that_takes_emit_can_send_events(site: Callable[..., None], tmp_path: Path) -> None:
    source = """
from interlock_hooks import hookimpl
from interlock_hooks.types import StageProgress

class Plugin:
    def __init__(self, emit):
        self.emit = emit

    @hookimpl
    def interlock_pypi_names(self, record):
        self.emit(StageProgress(stage="plan", done=1, item=record.name))
        return []
"""
    site("sender", source)
    (info,) = (tmp_path / "site").glob("sender-*.dist-info")
    (info / "entry_points.txt").write_text("[interlock]\nsender = sender:Plugin\n")
    seen: list[object] = []

    class Listener:
        @hookimpl
        def interlock_event(self, event: object) -> None:
            seen.append(event)

    plugins = registered(Listener())
    plugins.register_third_party(["sender"])
    assert plugins.pypi_names(RECORD, REQUEST) == ()
    begun, told = seen
    assert isinstance(begun, CodeStarted)
    assert (begun.kind, begun.name, begun.version, begun.entry) == ("plugin", "sender", "1.0", "sender:Plugin")
    assert told == StageProgress(stage="plan", done=1, item=RECORD.name)


def test_a_plugin_that_is_not_installed(site: Callable[..., None]) -> None:
    site("policy", TWO_NAMED.format(answer="x"))
    with pytest.raises(InterlockError) as error:
        Plugins().register_third_party(["polici"])
    finding = only(error)
    assert finding.code == "IL801"
    assert "'polici'" in finding.what
    assert finding.fix == "write 'policy'"
    assert "policy" in finding.why


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            "import a_module_that_does_not_exist\n",
            "ModuleNotFoundError: No module named 'a_module_that_does_not_exist'",
        ),
        ("def broken(:\n", "SyntaxError"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
    ],
)
def test_a_plugin_that_cannot_be_imported(site: Callable[..., None], source: str, why: str) -> None:
    site("broken", source)
    with pytest.raises(InterlockError) as error:
        Plugins().register_third_party(["broken"])
    finding = only(error)
    assert finding.code == "IL802"
    assert why in finding.why


@pytest.mark.parametrize(
    ("function", "why"),
    [
        ("@hookimpl\ndef interlock_conda_request(req):\n    pass\n", "{'req'}"),
        ("@hookimpl\ndef interlock_conda_requests(request):\n    pass\n", "did you mean interlock_conda_request?"),
        ("@hookimpl(wrapper=True)\ndef interlock_event(event):\n    pass\n", "marked as a wrapper but does not yield"),
        ("@hookimpl(hookwrapper=True)\ndef interlock_event(event):\n    yield\n", "use hookimpl(wrapper=True)"),
        ("def interlock_event(event):\n    pass\n", "none of its functions is marked"),
    ],
)
def test_a_plugin_that_does_not_fit_the_hooks(site: Callable[..., None], function: str, why: str) -> None:
    site("unfit", f"from interlock_hooks import hookimpl\n{function}")
    plugins = Plugins()
    with pytest.raises(InterlockError) as error:
        plugins.register_third_party(["unfit"])
    finding = only(error)
    assert finding.code == "IL803"
    assert why in finding.why
    assert not [info for info in plugins.infos() if info.enabled]


def test_every_plugin_finding_is_an_error_of_plugins(site: Callable[..., None]) -> None:
    with pytest.raises(InterlockError) as error:
        Plugins().register_third_party(["absent"])
    assert int(error.value.exit_code) == 1
    assert only(error).severity is Severity.ERROR


# -- listing ---------------------------------------------------------------------------------------------------------


def test_infos_tell_built_in_enabled_and_installed_plugins(site: Callable[..., None]) -> None:
    site("used", TWO_NAMED.format(answer="used"))
    site("unused", TWO_NAMED.format(answer="unused"))
    plugins = registered(plugin(interlock_conda_solve=lambda: CONDA))
    plugins.register_third_party(["used"])
    others = {name for name, entry in installed_entry_points().items() if entry.dist and entry.dist.name == "interlock"}
    assert [info for info in plugins.infos() if info.name not in others] == [
        PluginInfo("part0", "interlock", __version__, builtin=True, enabled=True, hooks=("interlock_conda_solve",)),
        PluginInfo(
            "used",
            "used",
            "1.0",
            builtin=False,
            enabled=True,
            hooks=("interlock_build_variables", "interlock_pypi_names"),
        ),
        PluginInfo("unused", "unused", "1.0", builtin=False, enabled=False, hooks=()),
    ]


def test_built_in_stages_are_plugins_like_others() -> None:
    from interlock.plugins.builtin import register_builtins

    plugins = Plugins()
    register_builtins(plugins)
    hooks = {hook for info in plugins.infos() if info.builtin for hook in info.hooks}
    assert {"interlock_conda_solve", "interlock_pypi_resolve", "interlock_build_wheel"} <= hooks


BUILDER = """
from interlock_hooks import hookimpl
from interlock_hooks.types import BuiltWheel

@hookimpl
def interlock_build_wheel(plan, environment):
    path = environment.prefix.parent / "flash_attn-2.7.4-py3-none-any.whl"
    given = dict(name="flash-attn", version="2.7.4", path=path, sha256={sha256!r}, mode=plan.mode, seconds=1.0)
    return BuiltWheel(**(given | dict({claim})))
"""


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("sha256='0' * 64", "sha256 is not the hash of"),
        ("version='3.0'", "it is for flash-attn 3.0, but its file is flash_attn-2.7.4-py3-none-any.whl"),
        ("name='other'", "it is for other 2.7.4, but its file is"),
        ("path=path.with_name('other-1.0-py3-none-any.whl')", "it is for flash-attn 2.7.4, but its file is other-1.0"),
        ("path=environment.prefix / path.name", "No such file or directory"),
        ("path=path.parent", "path: "),
    ],
)
def test_a_wheel_that_is_not_what_a_plugin_says_is_refused(
    site: Callable[..., None], tmp_path: Path, claim: str, why: str
) -> None:
    for name, said in (("true", ""), ("false", claim)):
        built = wheel(tmp_path)
        site(name, BUILDER.format(sha256=sha256_of(built.path), claim=said))
    plugins = Plugins()
    plugins.register_third_party(["true"])
    assert plugins.build_wheel(PLAN, environment(tmp_path)).path == built.path
    plugins = Plugins()
    plugins.register_third_party(["false"])
    with pytest.raises(InterlockError) as error:
        plugins.build_wheel(PLAN, environment(tmp_path))
    finding = only(error)
    assert (finding.code, finding.what) == (
        "IL806",
        "plugin 'false' returned the wrong type from interlock_build_wheel",
    )
    assert why in finding.why
