"""Scripts that activate an environment in the shell that reads them, and undo it when asked to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

from interlock.engines.shells.changes import ACTIVATED, SAVED

if TYPE_CHECKING:
    from interlock.engines.shells.changes import Change

# Shells look for commands and for codes of their own in a prompt.
_PROMPT = re.compile(r"[^\w .:+/@()-]")

_SH_FUNCTIONS = f"""\
interlock_deactivate() {{
  local _interlock_name
  eval "set -- ${{{ACTIVATED}-}}"
  for _interlock_name in "$@"; do
    if eval "[ -n \\"\\${{{SAVED}${{_interlock_name}}+set}}\\" ]"; then
      eval "export $_interlock_name=\\"\\${{{SAVED}${{_interlock_name}}}}\\""
      unset "{SAVED}$_interlock_name"
    else
      unset "$_interlock_name"
    fi
  done
  unset {ACTIVATED}
  if [ -n "${{_INTERLOCK_PS1+set}}" ]; then
    PS1=$_INTERLOCK_PS1
    unset _INTERLOCK_PS1
  fi
}}
_interlock_save() {{
  local _interlock_name
  for _interlock_name in "$@"; do
    if eval "[ -n \\"\\${{${{_interlock_name}}+set}}\\" ]"; then
      eval "export {SAVED}$_interlock_name=\\"\\${{$_interlock_name}}\\""
    fi
  done
}}
interlock_deactivate
"""

_FISH_FUNCTIONS = f"""\
function interlock_deactivate
    for _interlock_name in (string split -n ' ' -- "${ACTIVATED}")
        set -l _interlock_saved {SAVED}$_interlock_name
        if set -q $_interlock_saved
            set -gx $_interlock_name "$$_interlock_saved"
            set -e $_interlock_saved
        else
            set -e -g $_interlock_name
        end
    end
    set -e {ACTIVATED}
    if functions -q _interlock_fish_prompt
        functions -e fish_prompt
        functions -c _interlock_fish_prompt fish_prompt
        functions -e _interlock_fish_prompt _interlock_status
    end
    true
end
interlock_deactivate
"""

_FISH_PROMPT = """\
if status is-interactive
    functions -c fish_prompt _interlock_fish_prompt
    function _interlock_status
        return $argv[1]
    end
    function fish_prompt
        set -l _interlock_last $status
        printf %s {prompt}
        _interlock_status $_interlock_last
        _interlock_fish_prompt
    end
end
"""


def activation_script(shell: str, changed: Iterable[Change], *, prompt: str) -> str:
    """A script in the language of ``shell`` that makes the changes and puts ``prompt`` in front of the prompt.

    It defines the function ``interlock_deactivate``, which gives back every variable and the prompt, and calls it
    first, so that no two environments are active at once. ``shell`` is ``fish`` or one that understands POSIX sh.
    """
    found = list(changed)
    shown = _PROMPT.sub("_", prompt)
    return _fish(found, shown) if shell == "fish" else _sh(found, shown)


def quoted(shell: str, text: str) -> str:
    """``text`` as one word of a shell's language."""
    if shell != "fish":
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _sh(changed: list[Change], prompt: str) -> str:
    names = " ".join(change.name for change in changed)
    lines = [_sh_change(change) for change in changed]
    if prompt:
        lines.append(f'if [ -n "${{PS1-}}" ]; then _INTERLOCK_PS1=$PS1; PS1={shlex.quote(prompt)}"$PS1"; fi')
    body = "\n".join(lines)
    return f"{_SH_FUNCTIONS}_interlock_save {names}\nunset -f _interlock_save\nexport {ACTIVATED}='{names}'\n{body}\n"


def _sh_change(change: Change) -> str:
    name, value = change.name, change.value
    if value is None:
        return f"unset {name}"
    if not change.extends:
        return f"export {name}={shlex.quote(value)}"
    # Without a colon where there was nothing: an empty entry would be the working directory.
    first = f'{shlex.quote(change.before)}"${{{name}:+:${name}}}"' if change.before else f'"${{{name}-}}"'
    last = f'"${{{name}:+:}}"{shlex.quote(change.after)}' if change.after else ""
    if change.before and change.after:
        last = shlex.quote(f":{change.after}")
    return f"export {name}={first}{last}"


def _fish(changed: list[Change], prompt: str) -> str:
    names = " ".join(change.name for change in changed)
    lines = [
        f"for _interlock_name in {names}",
        f'    set -q $_interlock_name; and set -gx {SAVED}$_interlock_name "$$_interlock_name"',
        "end",
        f"set -gx {ACTIVATED} '{names}'",
        *map(_fish_change, changed),
    ]
    if prompt:
        lines.append(_FISH_PROMPT.format(prompt=quoted("fish", prompt)).rstrip())
    return _FISH_FUNCTIONS + "\n".join(lines) + "\n"


def _fish_change(change: Change) -> str:
    name, value = change.name, change.value
    if value is None:
        return f"set -e {name}"
    if not change.extends:
        return f"set -gx {name} {quoted('fish', value)}"
    before = quoted("fish", f"{change.before}:") if change.before else ""
    after = quoted("fish", f":{change.after}") if change.after else ""
    alone = quoted("fish", ":".join(filter(None, (change.before, change.after))))
    return f'if test -n "${name}"; set -gx {name} {before}"${name}"{after}; else; set -gx {name} {alone}; end'
