"""What other programs, crashes and editors leave in a prefix: conda's records, a state file, metadata of wheels."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kit.strategies import jsons, words
from kit.strategies.damage import changed, spoilt

RECORD: dict[str, Any] = {
    "name": "numpy",
    "version": "2.1.3",
    "build": "py312_0",
    "build_number": 0,
    "subdir": "linux-64",
    "url": "https://channels.example/main/linux-64/numpy-2.1.3-py312_0.conda",
    "fn": "numpy-2.1.3-py312_0.conda",
    "channel": "https://channels.example/main",
    "sha256": "0" * 64,
    "md5": "cd" * 16,
    "size": 12,
    "depends": ["python >=3.12,<3.13.0a0"],
    "constrains": ["scipy <1"],
    "purls": ["pkg:pypi/numpy@2.1.3"],
    "noarch": None,
    "license": "BSD",
    "timestamp": 1_700_000_000_000,
    "track_features": "",
    "files": ["lib/python3.12/site-packages/numpy/__init__.py", "bin/f2py"],
    "paths_data": {
        "paths": [
            {"_path": "bin/f2py", "sha256": "0" * 64, "sha256_in_prefix": "1" * 64},
            {"_path": "lib/python3.12/site-packages/numpy/__init__.py", "sha256": "2" * 64},
        ]
    },
}
STATE: dict[str, Any] = {
    "schema": 1,
    "interlock": "VERSION",
    "environment": "default",
    "platform": "linux-64",
    "complete": True,
    "python": "3.12",
    "site_packages": "lib/python3.12/site-packages",
    "prefix": "PREFIX",
    "frozen": False,
    "pypi": {
        "torch": {"version": "2.6.0", "identity": "0" * 64, "built": None, "source": "wheel"},
        "flash-attn": {"version": "2.7", "identity": "1 built 2", "built": "matched", "source": "sdist"},
    },
    "inputs": {"MANIFEST": [1, 2, "3"], "/nowhere": [None, None, None], "TREE": ["tree", 1, "2"]},
    "overrides": {},
    "report": {
        "environment": "default",
        "packages": [],
        "built": [
            {
                "name": "flash-attn",
                "version": "2.7",
                "mode": "matched",
                "seconds": 80.5,
                "from_store": False,
                "toolchain": {"nvcc": "/opt/nvcc"},
            }
        ],
    },
    "packages": [{"name": "torch", "version": "2.6.0", "kind": "pypi", "source": "wheel"}],
    "stamp": "STAMP",
}
METADATA = """\
Metadata-Version: 2.4
Name: Flash-Attn
Version: 2.7.4
Summary: fast
Requires-Python: >=3.9
Requires-Dist: torch>=2
Requires-Dist: einops[x]; extra == 'all'
Requires-Dist: triton ; sys_platform == 'linux' and python_version >= '3.9'
Provides-Extra: all
License-File: LICENSE

A long description.
"""
WHEEL = (
    "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: false\nTag: cp312-cp312-linux_x86_64\nTag: py2.py3-none-any\n"
)
RECORD_FILE = """\
flash_attn/__init__.py,sha256=abc,12
flash_attn/_c.cpython-312-x86_64-linux-gnu.so,sha256=def,3
"a, b.py",,
../../../bin/flash,sha256=x,1
flash_attn-2.7.4.dist-info/RECORD,,
"""
REQUIRES_TXT = "torch>=2\n\n[all]\neinops\n\n[:python_version < '3']\nsix\n"

records = jsons.texts(changed((RECORD,), words.texts, jsons.values, st.sampled_from(sorted(RECORD)) | jsons.keys))
states = changed((STATE,), words.texts, jsons.values, st.sampled_from(sorted(STATE)) | jsons.keys)
_LINES = (
    *(
        "\nRequires-Dist: ",
        "\nProvides-Extra: ",
        "\nRequires-Python: ",
        "\nName: ",
        "\nVersion: ",
        "\nTag: ",
        "\n",
        "\r\n",
    ),
    *(
        "\n continued",
        ": ",
        ",",
        '"',
        '"""',
        "[",
        "]",
        "\0",
        "\n\n",
        "\nExtra-Unknown: x",
        "=?utf-8?q?=00?=",
        "x" * 140_000,
    ),
    *("\nDynamic: Requires-Dist", "\nMetadata-Version: 99", "../" * 50, "/etc/passwd,,\n", "\x0b", "\u2028", "\x1c"),
)


@st.composite
def _metadata(draw: st.DrawFn, text: str) -> bytes:
    """Metadata in the form of mail headers with lines that are odd but legal, or wrong."""
    for _ in range(draw(st.integers(0, 2))):
        line = draw(
            st.sampled_from(("Requires-Dist", "Requires-Dist", "Requires-Python", "Provides-Extra", "Version", "Name"))
        )
        text = f"{line}: {draw(words.requirements | words.legal_requirements | words.texts)}\n{text}"
    return draw(spoilt(text, _LINES))


metadata = _metadata(METADATA)
wheel_files = spoilt(WHEEL, _LINES)
record_files = spoilt(RECORD_FILE, _LINES)
requires_files = spoilt(REQUIRES_TXT, _LINES)
info_names = st.one_of(
    words.product("{}-{}{}".format, words.NAMES, words.VERSIONS[:20], (".dist-info", ".egg-info", "-py3.12.egg-info")),
    st.just("flash_attn-2.7.4.dist-info"),
    st.sampled_from(
        ("flash_attn-2.7.4.dist-info", "flash_attn.egg-info", ".dist-info", "~lash.dist-info", "-.dist-info")
    ),
).map(lambda name: name.replace("/", "_").replace("\0", "_")[:200])
