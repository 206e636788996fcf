"""conda's files: an ``environment.yml`` that says everything, changed, and spec files of odd lines."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import strategies as st

from kit.strategies import toml, words
from kit.strategies.damage import changed, spoilt

ENVIRONMENT_YML: dict[str, Any] = {
    "name": "demo",
    "channels": ["./channel", "nvidia", "defaults", "https://example.com/t/$HOME/x", "nodefaults"],
    "dependencies": [
        "python=3.12",
        "numpy>=2,<3",
        "scipy=1.15.2=py312_0",
        "nvidia::cuda-nvcc[version='12.4.*',build=h0*]",
        "https://example.com/c/noarch/a-1.0-0.conda#00000000000000000000000000000000",
        {"sel(linux)": "gxx"},
        {
            "pip": [
                "--extra-index-url https://example.com/simple",
                "torch==2.6.0 --config-settings a=b  # why",
                "-r lines.txt",
                "-e ./package[dev]",
                "git+https://example.com/a/b.git@v1#egg=b&subdirectory=x",
                "--no-binary ':all:'",
            ]
        },
    ],
    "variables": {"A": "1", "B": None},
    "platforms": ["linux-64", "osx-arm64"],
    "prefix": "/opt/x",
}
SMALL_YML = {"dependencies": ["a", {"pip": ["b>=1 ; os_name == 'posix'", "./package"]}]}
_SPECS = (
    *(
        "",
        "a",
        "a=1",
        "a==1=b",
        "a 1.* b*",
        "c::a>1",
        "a[build=b]",
        "a=1|2",
        "a >= 1 , < 2",
        "=1",
        "a::",
        "::a",
        "a=>1",
    ),
    *("*", "[", "a[", "a[version=']", "a b c d", "https://h/c/noarch/a-1-0.conda#x", "file:///a.conda", "a # [win]"),
)
_PIP = (
    *(
        "-r",
        "-r .",
        "-r lines.txt",
        "-c /dev/null",
        "-e",
        "-e .",
        "-e ..",
        "-e git+x",
        "-i",
        "-i x",
        "--hash=x",
        "--pre",
    ),
    *(
        "--no-binary a,:none:,b",
        "--only-binary=[",
        "-f ./w",
        "'",
        "a --",
        "a \\",
        "${HOME}",
        "${NO_SUCH}",
        "a@b",
        "a @",
    ),
    *(
        "./a b",
        "~",
        "~x/y",
        "x.whl",
        "a-1-py3-none-any.whl",
        "http:",
        "http://[",
        "git+",
        "git+ssh://",
        "#egg=a",
        ".#egg=",
    ),
)
_line = words.texts | st.sampled_from(_SPECS) | st.sampled_from(_PIP) | words.requirements
_lines = _line | st.lists(_line, min_size=2, max_size=3).map("\n".join)
_keys = st.sampled_from(("pip", "sel(linux)", "sel(x)", "<<", "name", "variables")) | toml.keys
# Syntax that only YAML has, put anywhere.
_PIECES = (
    *(
        ": ",
        "- ",
        "\n- ",
        "&a ",
        "*a",
        "!!python/object:os.system ",
        "!!binary ",
        "? ",
        "|\n",
        ">-\n",
        "<<: *a",
        "%YAML 9\n",
    ),
    *(
        "---\n",
        "...\n",
        "{",
        "[",
        "[" * 3000,
        "- " * 3000,
        "{a: " * 3000,
        "'",
        '"',
        "\\",
        "\t",
        "\0",
        "\r",
        "\ufeff",
        "\x85",
    ),
    *("  # [win]", "  # [not (linux]", '"\\ud800"', '"\\0"', "~", "\n# [" + "(" * 3000 + "]\n", "&a [*a, *a]"),
)


@st.composite
def _environment_yml(draw: st.DrawFn) -> tuple[str, bytes]:
    data = json.loads(json.dumps(draw(changed([ENVIRONMENT_YML, SMALL_YML], _lines, toml.values, _keys)), default=str))
    text = yaml.dump(data, sort_keys=False) if draw(st.booleans()) else json.dumps(data)
    return "environment.yml", draw(spoilt(text, _PIECES))


@st.composite
def _spec_file(draw: st.DrawFn) -> tuple[str, bytes]:
    head = draw(st.sampled_from(("", "@EXPLICIT\n", "# platform: osx-64\n", "# platform: noarch\n@EXPLICIT\n")))
    return "spec.txt", draw(spoilt(head + "\n".join(draw(st.lists(_lines, max_size=5))), _PIECES))


conda_files: st.SearchStrategy[tuple[str, bytes]] = _environment_yml() | _spec_file()
"""The name of a file of conda's and its bytes."""
