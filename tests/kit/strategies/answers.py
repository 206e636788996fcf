"""What uv answers: lock files of PEP 751 and the log of its resolver, also as other versions of it may write them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kit.strategies import toml, words
from kit.strategies.damage import changed, spoilt


def _file(name: str) -> dict[str, Any]:
    return {"name": name, "url": f"https://index.example/{name}", "size": 3, "hashes": {"sha256": "0" * 64}}


PYLOCK: dict[str, Any] = {
    "lock-version": "1.0",
    "created-by": "uv",
    "packages": [
        {
            "name": "torch",
            "version": "2.6.0",
            "index": "https://index.example/simple",
            "wheels": [
                _file("torch-2.6.0-cp312-cp312-manylinux_2_28_x86_64.whl"),
                _file("torch-2.6.0-1-py3-none-any.whl"),
            ],
        },
        {"name": "flash-attn", "version": "2.7.4", "sdist": _file("flash_attn-2.7.4.tar.gz"), "wheels": []},
        {"name": "flask", "vcs": {"type": "git", "url": "https://example.com/f.git", "commit-id": "ab" * 20}},
        {"name": "mylib", "directory": {"path": "../package", "editable": True, "subdirectory": "x"}},
        {"name": "wheel", "version": "1", "archive": {"url": "https://example.com/wheel-1-py3-none-any.whl"}},
        {"name": "local", "version": "1", "archive": {"path": "x/local-1.zip", "hashes": {"sha256": "1" * 64}}},
    ],
}
LOG = """\
DEBUG Solving with target Python version: >=3.12.7
DEBUG Adding direct dependency: torch>=2
DEBUG Adding direct dependency: flash-attn[all]>=2.7
DEBUG Adding direct dependency: flask*
DEBUG Adding direct dependency: mylib*
DEBUG Adding direct dependency: wheel*
DEBUG Adding direct dependency: local*
DEBUG Adding transitive dependency for flash-attn==2.7.4: torch>=2, <3
DEBUG Adding transitive dependency for flash-attn[all]==2.7.4: torch*
DEBUG Adding transitive dependency for torch==2.6.0: numpy>=1.2.3, !=1.5
DEBUG Selecting: torch==2.6.0 [compatible] (torch-2.6.0-py3-none-any.whl)
warning: something
"""
FAILURE = """\
error: No solution found when resolving dependencies
  cause: Because only torch<=2.6.0 is available and you require torch>=3, your requirements are unsatisfiable.
hint: numpy==2.1.3 was pinned
"""
_keys = st.sampled_from(sorted(set(toml.all_keys(PYLOCK)))) | toml.keys
_wheels = words.product(
    "{}-{}{}-{}-{}-{}.whl".format,
    ("torch", "a b", "torch_x", ""),
    ("2.6.0", "2.6", "\u0661", "1" * 5000, "x", ""),
    ("", "-1", "-1x", "-x", "-" + "9" * 5000, "-1-1"),
    ("cp312", "py3", "py2.py3", "cp" + "3" * 400, ""),
    ("none", "cp312", "abi3", "a.b.c"),
    ("any", "manylinux_2_28_x86_64", "manylinux_2_" + "9" * 400 + "_x86_64", "linux_x86_64", ".".join(["any"] * 500)),
)
pylocks = changed((PYLOCK,), words.texts | _wheels, toml.values, _keys)
_PIECES = (
    *(
        "DEBUG Adding transitive dependency for ",
        "DEBUG Adding direct dependency: ",
        "==",
        ": ",
        "[",
        "]",
        "{",
        "}",
        "\n",
    ),
    *("DEBUG Adding direct dependency: a[[x]]>=\n", "DEBUG Adding transitive dependency for a==b: c{x}[y]>=1, <\n"),
    *("\x1b[1m", "TRACE ", "error: ", "  cause: ", "\u2028", "DEBUG Adding direct dependency: " + "[" * 5000 + "\n"),
    *("DEBUG Adding transitive dependency for numpy==2.1.3: zlib==1.2.3.*, >=" + "1" * 5000 + "\n",),
)


@st.composite
def _logs(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(0, 2))):
        required = draw(words.requirements | words.legal_requirements)
        text += f"DEBUG Adding transitive dependency for {draw(words.names)}=={draw(words.versions)}: {required}\n"
    return draw(spoilt(text, _PIECES)).decode(errors="replace")


logs, failures = _logs(LOG), _logs(FAILURE)
