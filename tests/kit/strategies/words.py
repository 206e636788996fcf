"""Small texts that stand in documents of all kinds: versions, requirements, markers, URLs, paths; many are odd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

# Above it hypothesis prefers small numbers.
_UNIFORM = 2**24


def product(make: Callable[..., str], *parts: Sequence[str]) -> SearchStrategy[str]:
    """A text made of one of each of the parts; all of them cost one draw, which is what makes whole documents cheap."""
    size = prod(map(len, parts))
    assert size < _UNIFORM, size

    def chosen(number: int) -> str:
        found = []
        for part in parts:
            number, at = divmod(number, len(part))
            found.append(part[at])
        return make(*found)

    return st.integers(0, size - 1).map(chosen)


# What the formats that are read here allow and programs forget: TOML and JSON hold nearly every character.
ODD_TEXTS = (
    *("", " ", "\t", "\n", "\r", "\0", "a\0b", "\x7f", "\x1b[31m", "\u00e9", "\u00b2", "\u0663", "\u212a", "\u202e"),
    *(
        "\ufeff",
        "\uffff",
        "\U0001f40d",
        "\u0131",
        "[",
        "]",
        "[bold]",
        "[/]",
        "{",
        "}",
        "{0}",
        "{backend}",
        "%s",
        "%",
        "$",
    ),
    *(
        "${ROOT}",
        "$${ROOT}",
        "${PROJECT_ROOT}",
        "{root:uri}",
        "{home:parent}",
        "{env:HOME}",
        "{root:sideways}",
        "'",
        '"',
    ),
    *(
        "\\",
        "/",
        "//",
        ".",
        "..",
        "~",
        "~nobody-at-all/x",
        "-",
        "--help",
        "-r other.txt",
        "#",
        ";",
        "@",
        "*",
        "=",
        "a=b",
    ),
    *("a b", "a\nb", "None", "true", "nan", "9" * 40, "x" * 300, "a." * 60 + "a", "/" * 80, "con", "LPT1", "default"),
)
NAMES = (
    *("a", "numpy", "torch", "flash-attn", "Flash_Attn", "zope.interface", "a--b", "a-_.b", "A", "0", "python", "pip"),
    *("_a", "a_", "-a", "a-", "a b", "\u00e4", "\u212a", "under-test", "interlock-resolution-request"),
)
VERSIONS = (
    *(
        "1",
        "1.0",
        "0",
        "2.6.0",
        "2.6.0+cu124",
        "1!2.0",
        "1.0rc1",
        "2.0.post1",
        "1.dev0",
        "3.12.7",
        "9e",
        "2024a",
        "1_1",
    ),
    *("1.0-1", "1.0_rc1", "v1.0", "1.0.*", "01.002", "1" * 30, "99999999999999999999.1", "1..0", "", "*", "latest"),
    *("1" * 5000, "\u0661.\u0662", "1.0+\u00e9", "1.0 ", "1,0", "-1", "1.0+", "2026-01-31", "3.12.7.final.0"),
)
_OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "~=", "===", "=", "=>", "^", "", "~")
PLATFORMS = (
    *(
        "linux-64",
        "osx-arm64",
        "osx-64",
        "win-64",
        "linux-aarch64",
        "noarch",
        "linux",
        "linux-32",
        "zos-z",
        "wasi-wasm32",
    ),
    *("linux64", "LINUX-64", "emscripten-wasm32", "linux-riscv64", "unix", "win", ""),
)
_VARIABLES = (
    *("python_version", "python_full_version", "sys_platform", "platform_system", "platform_machine", "os_name"),
    *("implementation_name", "implementation_version", "platform_python_implementation", "platform_release"),
    *(
        "platform_version",
        "extra",
        "extras",
        "dependency_groups",
        "os.name",
        "python_implementation",
        "platform.version",
    ),
    *("unknown_variable", "cuda_version", "extra_"),
)
_VALUES = (
    *(
        "3.12",
        "3",
        "3.8.*",
        "3.13rc1",
        "",
        "linux",
        "win32",
        "darwin",
        "x86_64",
        "arm64",
        "posix",
        "cpython",
        "CPython",
    ),
    *("test", "gpu", "a b", "6.1.0-generic", "#1 SMP", "not a version", "3.12,3.13", "1!2", "linux2", "(", "\u00e9"),
)
_SCHEMES = (
    *("https://", "http://", "file://", "file:", "git+https://", "git+ssh://git@", "git+file://", "ssh://", "s3://"),
    *("ftp://", "HTTPS://", "git+", "hg+https://", "://", "mailto:", "https:", ""),
)
_HOSTS = (
    *(
        "example.com",
        "localhost",
        "127.0.0.1:9",
        "[::1]",
        "[",
        "[::1",
        "[x]:1",
        "example.com:port",
        "example.com:99999",
    ),
    *("user:secret@example.com", "user@", "", "ex ample", "\u00e9.example", "xn--", "a" * 70 + ".example", "..", "%zz"),
)
_FILES = (
    *(
        "/a-1.0-py3-none-any.whl",
        "/a-1.0.tar.gz",
        "/a.zip",
        "/simple/",
        "",
        "/",
        "/x%2Fy%zz",
        "/a b",
        "/a?token=x#sha256=1",
    ),
    *("/a-1.0-py3-none-any.whl#sha256=zz", "/repo.git@main", "/repo@v1#subdirectory=../x", "/t/token/x", "/{backend}"),
    *("/\u00e9", "/..", "//", "#egg=a", "?", "/a;b", "/a-1.0-1x-py3-none-any.whl", "/a-\u0661-py3-none-any.whl"),
)
_PATHS = (
    *(
        "./lib",
        "lib",
        ".",
        "..",
        "/",
        "~",
        "~/x",
        "~nobody/x",
        "./a b",
        "./\u00e9",
        "C:\\x",
        "./missing",
        "a/../b",
        "//x",
    ),
    *("./lib#subdirectory=x", "x" * 300, "./a\0b", "./-e", "./%41", "./[x]", "./map.json", "./package"),
)
_CUTOFFS = (
    *("7d", "1 week, 2 days", "P7D", "PT36H", "36:00:00", "2026-01-31", "2026-01-31T00:00:00Z", "0001-01-01"),
    *(
        "9999-12-31T23:59:59-23:59",
        "6 months",
        "1 week ago",
        "P",
        "PT",
        "99999999999y",
        "2026-13-01",
        "1e3d",
        "\u0667d",
    ),
    *("2026-01-31T25:00:00Z", "0001-01-01T00:00:00+14:00", "-7d", "7", "d", "1.5.5d"),
)

odd_texts = (
    st.sampled_from(ODD_TEXTS)
    | st.sampled_from(ODD_TEXTS)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
)
names = st.sampled_from(NAMES)
versions = st.sampled_from(VERSIONS)
platforms = st.sampled_from(PLATFORMS)
paths = st.sampled_from(_PATHS)
cutoffs = st.sampled_from(_CUTOFFS)
urls = product("{}{}{}".format, _SCHEMES, _HOSTS, _FILES)
_CLAUSE = (_OPERATORS, ("", "", " "), VERSIONS)
specifiers = st.one_of(
    product("{}{}{}".format, *_CLAUSE),
    product("{}{}{}{}{}{}{}".format, *_CLAUSE, (",", ", ", "|"), *_CLAUSE),
    st.sampled_from(("", "*", ">=1,<2")),
)


def _comparison(variable: str, operator: str, value: str, form: str) -> str:
    return form.format(variable, operator, value)


_COMPARISON = (
    _VARIABLES,
    (*_OPERATORS[:8], "in", "not in", "not  in", "is"),
    _VALUES,
    (
        "{0} {1} '{2}'",
        "{0} {1} '{2}'",
        '"{2}" {1} {0}',
        '{0}{1}"{2}"',
        "({0} {1} '{2}')",
        "{0} {1} {0}",
        "not {0} {1} '{2}'",
    ),
)
_comparisons = product(_comparison, *_COMPARISON)
markers = st.one_of(
    _comparisons,
    _comparisons,
    st.builds(
        "{3}{0} {2} {1}{4}".format,
        _comparisons,
        _comparisons | st.builds("{} or {}".format, _comparisons, _comparisons),
        st.sampled_from(("and", "or", "and  ", "xor")),
        st.sampled_from(("", "(", "((")),
        st.sampled_from(("", ")", "))")),
    ),
)
_named = product("{}{}".format, NAMES, ("", "", "", "", "[x]", "[x,y]", "[]", "[,]", "[\u00e9]", " [ A_b ] ", "[x"))
_conditions = st.builds("{}{}".format, st.sampled_from((";", "; ", " ; ")), markers)
requirements = st.one_of(
    st.builds("{}{}{}".format, _named, specifiers, st.just("") | _conditions),
    st.builds("{} @ {}{}".format, _named, urls | paths, st.just("") | st.builds(" {}".format, _conditions)),
)
"""Requirements of PEP 508, and what is nearly one."""

# The same with nothing but what the specifications allow, however odd: it gets past every reader.
LEGAL_NAMES = (
    "a",
    "numpy",
    "torch",
    "flash-attn",
    "Flash_Attn",
    "zope.interface",
    "a--b",
    "A",
    "0",
    "python",
    "pip",
    "K",
)
_LEGAL_VERSIONS = (
    "1",
    "0",
    "2.6.0+cu124",
    "1!2.0",
    "1.0rc1",
    "2.0.post1",
    "1.dev0",
    "1.0-1",
    "v1.0",
    "01.002",
    "1" * 30,
)
_LEGAL_CLAUSES = (
    *(
        "==1.*",
        "!=2.0.*",
        "~=1.2",
        "~= 1!1.2.3rc1",
        "===1.0+\u00e9",
        "===anything",
        "<1.0+local",
        ">1.0.post1",
        "<0",
        "",
    ),
    *(f"{operator}{version}" for operator in ("==", "!=", ">=", "<=", ">", "<") for version in _LEGAL_VERSIONS),
)
legal_specifiers = product("{}{}{}".format, _LEGAL_CLAUSES, ("", ", "), ("<99", "!=3.*")).map(
    lambda text: text if "," in text else text.removesuffix("<99").removesuffix("!=3.*")
)
_LEGAL_COMPARISON = (
    (*_VARIABLES[:-3], *_VARIABLES[:-3], *_VARIABLES[:6]),
    ("==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in", "==", "in"),
    _VALUES,
    ("{0} {1} '{2}'", '"{2}" {1} {0}', "({0}{1}'{2}')", '{0} {1} "{2}"'),
)
_legal_comparisons = product(_comparison, *_LEGAL_COMPARISON).map(lambda text: text.replace("'in'", "' in '"))
legal_markers = st.one_of(
    _legal_comparisons,
    st.builds("{} and {}".format, _legal_comparisons, _legal_comparisons),
    st.builds("({} or {}) and {}".format, _legal_comparisons, _legal_comparisons, _legal_comparisons),
)
legal_urls = product(
    "{}{}".format,
    (
        "https://example.com",
        "http://user:secret@localhost:8080",
        "https://[::1]",
        "https://\u00e9.example",
        "file:///x",
        "file:",
    ),
    (
        *("/a-1.0-py3-none-any.whl", "/a-1.0.tar.gz#sha256=00", "/x%2Fy%zz.zip", "/a b.zip", "/\u00e9.zip?token=x"),
        *("/a-1.0-1x-py3-none-any.whl", "/a-\u0661-py3-none-any.whl", "/.whl", "/a.whl", "/%00.zip", "/$(x)`.zip"),
    ),
)
_legal_conditions = st.just("") | st.just("") | st.builds(" ; {}".format, legal_markers)
_legally_named = product("{}{}".format, LEGAL_NAMES, ("", "", "", "[x]", "[x,Y_z]", "[ a.b ]"))
legal_requirements = st.one_of(
    st.builds("{}{}{}".format, _legally_named, legal_specifiers, _legal_conditions),
    st.builds("{}{}{}".format, _legally_named, legal_specifiers, _legal_conditions),
    st.builds("{} @ {}{}".format, _legally_named, legal_urls, _legal_conditions),
)

match_specs = st.one_of(
    st.builds("{} {}".format, names, specifiers),
    product("{} {} {}".format, NAMES, VERSIONS, ("py312_0", "*", "*cuda*", "^x$", "^[$")),
    st.builds("{}::{}[version='{}']".format, st.sampled_from(("conda-forge", "x/y", "")), names, specifiers),
    st.builds("{}[{}]".format, names, odd_texts),
    names,
    odd_texts,
)

# What may stand anywhere where a text is expected.
texts = st.one_of(
    odd_texts, names, versions, specifiers, markers, requirements, urls, paths, platforms, match_specs, cutoffs
)
