from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from interlock.builds.sources.static.facts import Known, NotProvable
from interlock.builds.sources.static.setup_py.following import follow_script
from interlock.builds.sources.static.setup_script import read_setup_py

HEAD = "import os, re, sys, platform\nfrom setuptools import setup, Extension\n"


def install(tree: Path, code: str, *, head: str = HEAD) -> tuple[str, ...] | str:
    """What the install_requires of a setup.py are proved to be, or why they are not provable."""
    tree.mkdir(exist_ok=True)
    (tree / "config.py").write_text("R = ['a']\n", encoding="utf-8")
    (tree / "setup.py").write_text(head + dedent(code), encoding="utf-8")
    declared = read_setup_py(tree)
    if isinstance(declared, NotProvable):
        return declared.reason
    fact = declared.install
    return () if fact is None else fact.value if isinstance(fact, Known) else fact.reason


PROVABLE = {
    "a literal": ("setup(install_requires=['a>=1', 'b'])", ("a>=1", "b")),
    "a text": ("setup(install_requires='a\\n# no\\nb # why\\n')", ("a", "b")),
    "a name": ("R = ['a']\nsetup(install_requires=R)", ("a",)),
    "sums": (
        "R = ['a'] + ['b']\nR += ['c']\nR.append('d')\nR.extend(('e',))\nsetup(install_requires=R)",
        tuple("abcde"),
    ),
    "one list with two names": ("R = ['a']\nS = R\nS.append('b')\nsetup(install_requires=R)", ("a", "b")),
    "an f-string": (
        "V = '1.2'\nsetup(install_requires=[f'a>={V}', 'b==%s' % V, 'c~={}'.format(V)])",
        ("a>=1.2", "b==1.2", "c~=1.2"),
    ),
    "a platform": (
        "R = ['a']\nif sys.platform == 'win32':\n    R.append('b')\nsetup(install_requires=R)",
        ("a", 'b; sys_platform == "win32"'),
    ),
    "a beginning of the platform": (
        ("R = []\nif not sys.platform.startswith('win'):\n    R = ['b']\nsetup(install_requires=R)"),
        ('b; sys_platform != "win32"',),
    ),
    "a system": (
        "setup(install_requires=['a' if platform.system() == 'Linux' else 'b'])",
        ('a; sys_platform == "linux"', 'b; sys_platform != "linux"'),
    ),
    "a version of Python": (
        "R = ['a']\nif sys.version_info < (3, 9):\n    R += ['b']\nsetup(install_requires=R)",
        ("a", 'b; python_version < "3.9"'),
    ),
    "a minor version": (
        "R = {9: ['a'], 10: ['b']}.get(sys.version_info[1], ['c'])\nsetup(install_requires=R)",
        (
            'c; python_version < "3.9" or python_version >= "3.11"',
            'a; python_version >= "3.9" and python_version < "3.10"',
            'b; python_version >= "3.10" and python_version < "3.11"',
        ),
    ),
    "an old Python that is refused": (
        (
            "if sys.version_info < (3, 6):\n    sys.exit('no')\n"
            "setup(install_requires=['a'] if sys.version_info >= (3, 6) else [])"
        ),
        ("a",),
    ),
    "a marker of its own": (
        ("R = ['a; os_name == \"nt\"'] if sys.version_info >= (3, 8) else []\nsetup(install_requires=R)"),
        ('a; os_name == "nt" and python_version >= "3.8"',),
    ),
    "arguments in a dictionary": ("K = dict(name='x')\nK['install_requires'] = ['a']\nsetup(**K)", ("a",)),
    "what is irrelevant": (
        (
            "import torch\nif torch.cuda.is_available():\n    flags = ['-x']\nelse:\n    flags = []\n"
            "setup(ext_modules=[Extension('x', ['x.c'], flags)], install_requires=['a'])"
        ),
        ("a",),
    ),
    "what raises": (
        (
            "import subprocess\nif os.environ.get('NVCC') is None:\n    raise RuntimeError('no nvcc')\n"
            "setup(install_requires=['a'])"
        ),
        ("a",),
    ),
    "a function": (
        (
            "def read(*more):\n    found = ['a']\n    found.extend(more)\n    return found\n"
            "setup(install_requires=read('b'))"
        ),
        ("a", "b"),
    ),
    "a function that is called with one thing and another": (
        (
            "def pin(name, v=None):\n    if v is None:\n        return name\n    return f'{name}=={v}'\n"
            "setup(install_requires=[pin('a'), pin('b', '1')])"
        ),
        ("a", "b==1"),
    ),
    "a generator": (
        "def gen():\n    for n in ('a', 'b'):\n        yield n\nsetup(install_requires=list(gen()))",
        ("a", "b"),
    ),
    "main": ("def main():\n    setup(install_requires=['a'])\nif __name__ == '__main__':\n    main()", ("a",)),
    "both sides agree": (
        ("try:\n    import x\n    R = ['a']\nexcept ImportError:\n    R = ['a']\nsetup(install_requires=R)"),
        ("a",),
    ),
    "setup() again": (
        (
            "try:\n    setup(install_requires=['a'], ext_modules=[Extension('x', [])])\n"
            "except Exception:\n    setup(install_requires=['a'])"
        ),
        ("a",),
    ),
    "imports of setuptools": (
        (
            "try:\n    from setuptools import setup\nexcept ImportError:\n"
            "    from distutils.core import setup\nsetup(install_requires=['a'])"
        ),
        ("a",),
    ),
    "one setup() or the other": (
        (
            "try:\n    from setuptools.x import y\n    from setuptools import setup\nexcept ImportError:\n"
            "    from distutils.core import setup\nsetup(install_requires=['a'])"
        ),
        ("a",),
    ),
    "what Python warns of": (
        "V = re.search('([[a-z]\\d)', 'x a1').group(1)\nsetup(install_requires=[V])",
        ("a1",),
    ),
    "a loop": (
        (
            "R = []\nfor n in ['a', 'b', 'c']:\n    if n == 'b':\n        continue\n    R.append(n)\n"
            "setup(install_requires=R)"
        ),
        ("a", "c"),
    ),
    "a lambda": ("setup(install_requires=list(map(lambda n: n + '>1', ['a'])))", ("a>1",)),
    "a command": (
        (
            "from setuptools.command.build_ext import build_ext\nclass B(build_ext):\n"
            "    def run(self):\n        super().run()\nsetup(cmdclass={'build_ext': B}, install_requires=['a'])"
        ),
        ("a",),
    ),
    "torch's command": (
        (
            "from torch.utils.cpp_extension import BuildExtension\n"
            "setup(cmdclass={'build_ext': BuildExtension.with_options(x=1)}, install_requires=['a'])"
        ),
        ("a",),
    ),
    "lists that are gone through together": (
        (
            "A, B = ['a'], []\nfor n, r in enumerate([A, B]):\n    r.append(f'x{n}')\nfor r, n in zip([A], ['y']):\n"
            "    r.append(n)\nsetup(install_requires=A + B)"
        ),
        ("a", "x0", "y", "x1"),
    ),
    "lists that are sorted, reversed and emptied": (
        (
            "R = ['b', 'a', 'c']\nR.sort()\nR.reverse()\nR.remove('c')\nR.insert(0, 'd')\nR.pop()\n"
            "setup(install_requires=R)"
        ),
        ("d", "b"),
    ),
    "a module of the source": ("from config import R\nsetup(install_requires=R)", ("a",)),
    "the module itself": ("R = ['a']\nsys.modules[__name__].R.append('b')\nsetup(install_requires=R)", ("a", "b")),
    "a name of a module, or another": (
        "import config\nsetup(install_requires=getattr(config, 'R') + getattr(config, 'S', ['b']))",
        ("a", "b"),
    ),
    "names apart from the module's": (
        "V = {}\nexec('a = W + str(1)', None, V)\nsetup(install_requires=[V['a']])\n".replace(
            "V = {}", "V, W = {}, 'x'"
        ),
        ("x1",),
    ),
    "a file that is not there": (
        "try:\n    R = open('no.txt').read()\nexcept IOError:\n    R = ['a']\nsetup(install_requires=R)",
        ("a",),
    ),
    "a folder that is made": (
        "if not os.path.exists('made'):\n    os.makedirs('made')\nsetup(install_requires=['a'])",
        ("a",),
    ),
    "another file that is changed": (
        "import shutil\nshutil.copy('a.txt', 'b.txt')\nimport config\nsetup(install_requires=config.R)",
        ("a",),
    ),
    "PyPy": (
        (
            "R = []\nif '__pypy__' not in sys.builtin_module_names:\n    R.append('a')\n"
            "if hasattr(sys, 'pypy_version_info'):\n    R.append('b')\nsetup(install_requires=R)"
        ),
        ('a; platform_python_implementation != "PyPy"', 'b; platform_python_implementation == "PyPy"'),
    ),
    "a version in a message": (
        (
            "V = '.'.join(str(part) for part in sys.version_info[:3])\nW = '.'.join(map(str, sys.version_info[:2]))\n"
            "if sys.version_info < (3, 8):\n    raise RuntimeError('%s is too old' % V)\n"
            "setup(install_requires=['a'] if W != '3.9' else ['b'])"
        ),
        (
            'a; python_version < "3.9" or python_version >= "3.10"',
            'b; python_version >= "3.9" and python_version < "3.10"',
        ),
    ),
    "a release of setuptools that is long gone": (
        (
            "import setuptools\nK = {}\nif tuple(int(x) for x in setuptools.__version__.split('.')[:2]) >= (24, 2):\n"
            "    K['install_requires'] = ['a']\nsetup(**K)"
        ),
        ("a",),
    ),
    "names that setuptools has": (
        (
            "try:\n    from setuptools.dist import Distribution\n    from setuptools.command.build_py import build_py\n"
            "    import distutils.core\n    R = ['a']\nexcept ImportError:\n    R = ['b']\n"
            "R.append('c' if 'setuptools' in sys.modules else 'd')\nsetup(install_requires=R)"
        ),
        ("a", "c"),
    ),
    "a command from elsewhere that compiles": (
        "from x import B\nsetup(cmdclass={'build_ext': B.y()}, install_requires=['a'])",
        ("a",),
    ),
    "a command that no build runs": (
        "import x\nC = {'docs': x.B} if x.y else {'docs': x.C}\nsetup(cmdclass=C, install_requires=['a'])",
        ("a",),
    ),
    "an own command that no build runs": (
        (
            "from setuptools import Command\nR = ['a']\nclass Show(Command):\n    def run(self):\n"
            "        print(R, self.distribution.install_requires)\nsetup(cmdclass={'show': Show}, install_requires=R)"
        ),
        ("a",),
    ),
    "a function of the system that is deleted": (
        "try:\n    del os.link\nexcept AttributeError:\n    pass\nsetup(install_requires=['a'])",
        ("a",),
    ),
    "a module that may be None": (
        (
            "try:\n    import wheel.bdist_wheel\nexcept ImportError:\n    wheel = None\nK = {}\nif wheel is not None:\n"
            "    class B(wheel.bdist_wheel.bdist_wheel):\n        pass\n    K['cmdclass'] = {'bdist_wheel': B}\n"
            "setup(install_requires=['a'], **K)"
        ),
        ("a",),
    ),
    "names in a text": (
        "V = 'a'\nprint('{V}'.format_map(locals()))\nsetup(install_requires=['{V}1'.format_map(globals())])",
        ("a1",),
    ),
    "a name that nothing uses": (
        (
            "import atexit\nN = 0\ndef later():\n    global N\n    N += 1\natexit.register(later)\n"
            "setup(install_requires=['a'])"
        ),
        ("a",),
    ),
    "a dictionary that may lack a key": (
        (
            "import x\nD = {'r': ['a']}\nif x.y:\n    D['s'] = 1\nE = dict(D, t=2)\nB = E.get('s', object)\n"
            "class C(B):\n    pass\nsetup(install_requires=E['r'])"
        ),
        ("a",),
    ),
    "later changes": ("R = ['a']\nsetup(install_requires=R)\nR.append('b')", ("a",)),
}


@pytest.mark.parametrize(("code", "expected"), PROVABLE.values(), ids=PROVABLE)
def test_what_every_run_must_come_to_is_provable(code, expected, tmp_path):
    found = install(tmp_path, code)
    assert not isinstance(found, str), found
    assert sorted(found) == sorted(expected)


NOT_PROVABLE = {
    "an environment variable": ("R = [os.environ.get('R', 'a')]\nsetup(install_requires=R)", "os.environ.get"),
    "a condition that is not known": (
        ("R = ['a']\nif os.environ.get('X'):\n    R.append('b')\nsetup(install_requires=R)"),
        "setup.py:4",
    ),
    "torch's version": ("import torch\nsetup(install_requires=[f'torch=={torch.__version__}'])", "torch.__version__"),
    "sides that differ": (
        ("try:\n    import x\n    R = ['a']\nexcept ImportError:\n    R = ['b']\nsetup(install_requires=R)"),
        "handles an exception",
    ),
    "a call that is not followed": ("import x\nsetup(install_requires=x.read('r.txt'))", "x.read()"),
    "a list that was given away": ("import x\nR = ['a']\nx.add(R)\nsetup(install_requires=R)", "x.add()"),
    "a part that was given away": ("import x\nD = {'r': ['a']}\nx.add(D)\nsetup(install_requires=D['r'])", "x.add()"),
    "unknown arguments": ("import x\nsetup(name='x', **x.arguments())", "x.arguments()"),
    "a command that changes them": (
        (
            "from setuptools.command.build_ext import build_ext\nclass B(build_ext):\n"
            "    def run(self):\n        self.distribution.install_requires = ['b']\n"
            "setup(cmdclass={'build_ext': B}, install_requires=['a'])"
        ),
        "install_requires in code",
    ),
    "a command that changes the list": (
        (
            "from setuptools.command.build_ext import build_ext\nR = ['a']\n"
            "class B(build_ext):\n    def run(self):\n        R.append('b')\n"
            "setup(cmdclass={'build_ext': B}, install_requires=R)"
        ),
        "uses R in code",
    ),
    "a command from elsewhere": ("from x import B\nsetup(cmdclass={'build': B}, install_requires=['a'])", "x.B"),
    "a command made from one from elsewhere": (
        ("from x import B\nclass C(B):\n    pass\nsetup(cmdclass={'build': C}, install_requires=['a'])"),
        "x.B",
    ),
    "a command that another one runs": (
        (
            "from x import B\nfrom setuptools.command.build_py import build_py\nclass C(build_py):\n"
            "    def run(self):\n        self.run_command('docs')\n"
            "setup(cmdclass={'docs': B, 'build_py': C}, install_requires=['a'])"
        ),
        "the command docs in code",
    ),
    "an own command that another one runs": (
        (
            "from setuptools import Command\nfrom setuptools.command.build_py import build_py\nR = ['a']\n"
            "class Show(Command):\n    def run(self):\n        R.append('b')\nclass B(build_py):\n"
            "    def run(self):\n        self.run_command('show')\n"
            "setup(cmdclass={'show': Show, 'build_py': B}, install_requires=R)"
        ),
        "the command show in code",
    ),
    "an own command that is used elsewhere": (
        (
            "from setuptools import Command\nR = ['a']\nclass Show(Command):\n"
            "    def run(self):\n        R.append('b')\n"
            "setup(cmdclass={'show': Show, 'build_py': Show}, install_requires=R)"
        ),
        "uses R in code",
    ),
    "an own command whose definition changes the list": (
        (
            "from setuptools import Command\nR = ['a']\nclass Show(Command):\n    R.append('b')\n"
            "setup(cmdclass={'show': Show}, install_requires=R)"
        ),
        "uses R in code",
    ),
    "a patch of the system that is deleted": (
        "del sys.platform\nsetup(install_requires=['a'])",
        "changes sys.platform",
    ),
    "a name that a callback binds": (
        "import x\nR = ['a']\ndef f():\n    global R\n    R = ['b']\nx.y(f)\nsetup(install_requires=R)",
        "the global name R",
    ),
    "a name in a function that a callback binds": (
        (
            "import x\ndef g():\n    R = ['a']\n    def f():\n        nonlocal R\n        R = ['b']\n    x.y(f)\n"
            "    return R\nsetup(install_requires=g())"
        ),
        "the global name R",
    ),
    "a folder that is found in the second run": (
        (
            "R = ['a']\nif not os.path.exists('made'):\n    os.makedirs('made')\n    R.append('b')\n"
            "setup(install_requires=R)"
        ),
        "looks for a file",
    ),
    "a release of setuptools": (
        (
            "import setuptools\nR = ['a'] if setuptools.__version__.startswith('7') else ['b']\n"
            "setup(install_requires=R)"
        ),
        "depend on the release of setuptools",
    ),
    "a folder that is copied": (
        "import shutil, x\nshutil.copytree(x.y, 'r')\nsetup(install_requires=open('r/a.txt').read())",
        "cannot be read in the source",
    ),
    "any file that is changed": (
        "import shutil, x\nshutil.copy('a', x.y)\nimport config\nsetup(install_requires=config.R)",
        "config.R",
    ),
    "code with names of its own that sees those of the module": (
        "exec('def f(): return a\\nb = f()', None, {})\nsetup(install_requires=['a'])",
        "runs code that is not followed",
    ),
    "a callback": (
        ("import atexit, x\nR = ['a']\ndef more():\n    R.append('b')\nx.later(more)\nsetup(install_requires=R)"),
        "uses R in code",
    ),
    "a class that binds a name elsewhere": (
        (
            "PIN = '1'\nclass C:\n    def __init__(self):\n        global PIN\n        PIN = '2'\nC()\n"
            "setup(install_requires=['a==' + PIN])"
        ),
        "the global name PIN",
    ),
    "a decorator that gets the list": (
        "import x\nR = ['a']\n@x.y(R)\ndef f():\n    pass\nsetup(install_requires=R)",
        "uses R in code",
    ),
    "eval": ("R = eval('[1]')\nsetup(install_requires=['a'])", "eval"),
    "exec of what is not known": ("import x\nexec(x.code)\nsetup(install_requires=['a'])", "runs code"),
    "a star": ("from x import *\nsetup(install_requires=['a'])", "imports *"),
    "a patch of setuptools": (
        "import setuptools\nsetuptools.dist.Distribution.x = 1\nsetup(install_requires=['a'])",
        "changes setuptools.dist",
    ),
    "a patch of the system": ("sys.platform = 'x'\nsetup(install_requires=['a'])", "changes sys.platform"),
    "no order": ("setup(install_requires={'a', 'b'})", "no order"),
    "read once": ("setup(install_requires=(n for n in ['a']))", "read only once"),
    "not a requirement": ("setup(install_requires=['not a requirement'])", "not a valid requirement"),
    "a place": ("setup(install_requires=['a @ file://' + os.getcwd() + '/a'])", "depends on where the source is"),
    "no call": ("print('hello')", "does not call setup()"),
    "setup given away": ("import x\nx.run(setup)", "given to code"),
    "another setup": ("import x\nif x.y:\n    from x import setup\nsetup(install_requires=['a'])", "or something else"),
    "two calls": (
        "import x\nif x.y:\n    setup(install_requires=['a'])\nelse:\n    setup(install_requires=['b'])",
        "one install_requires or another",
    ),
    "positional arguments": ("setup('x', install_requires=['a'])", "positional"),
    "a loop of unknown length": (
        "import x\nR = []\nfor n in x.names:\n    R.append('a')\nsetup(install_requires=R)",
        "loop",
    ),
    "a loop that never ends": ("while True:\n    pass\nsetup(install_requires=['a'])", "too"),
    "too deep": ("def f():\n    return f()\nsetup(install_requires=f())", "too deeply"),
    "one of two lists, changed": (
        ("import x\nA = ['a']\nB = A if x.y else []\nB.append('b')\nsetup(install_requires=A)"),
        ".append()",
    ),
    "a file that is written": (
        "open('r.txt', 'w').write('b')\nsetup(install_requires=open('r.txt').read())",
        "cannot be read in the source",
    ),
    "a hidden file": (
        "R = ['a']\nif os.path.exists('.git'):\n    R.append('b')\nsetup(install_requires=R)",
        "looks for a file",
    ),
    "a file of the machine": (
        "setup(install_requires=['a'] if os.path.exists('/usr/local/cuda') else [])",
        "looks for a file",
    ),
    "a part that is got by its name": (
        "import x\nimport config\ngetattr(config, 'R').append(x.y)\nsetup(install_requires=config.R)",
        "x.y",
    ),
    "a module that was given away": ("import x\nimport config\nx.y(config)\nsetup(install_requires=config.R)", "x.y()"),
    "a module that may lack a name": (
        (
            "try:\n    from collections import Mapping\n    R = ['a']\nexcept ImportError:\n    R = ['b']\n"
            "setup(install_requires=R)"
        ),
        "handles an exception",
    ),
    "a default that was given away": (
        "import x\ndef f(r=['a']):\n    return r\nx.y(f)\nsetup(install_requires=f())",
        "x.y()",
    ),
    "the larger of two lists": ("import x\nR = ['a']\nmax(R, ['b']).append('c')\nsetup(install_requires=R)", "max()"),
    "a list in a list": (
        "import x\nR = ['a']\nx.y([[R]])\nsetup(install_requires=R)",
        "x.y()",
    ),
    "names by another way": ("R = ['a']\nvars()['R'].append('b')\nsetup(install_requires=R)", "vars()"),
    "a module by another way": (
        "import config\nsys.modules['config'].R.append('b')\nsetup(install_requires=config.R)",
        "sys.modules",
    ),
    "a suppressed exception": (
        "import x\nR = ['a']\nwith x.y():\n    x.z()\n    R = ['b']\nsetup(install_requires=R)",
        "suppress",
    ),
    "a handler of what is in a function": (
        (
            "import x\ndef f():\n    R.append('b')\n    x.y()\n    R.append('c')\n"
            "R = []\ntry:\n    f()\nexcept Exception:\n    pass\n"
            "setup(install_requires=R)"
        ),
        "handles an exception",
    ),
}


@pytest.mark.parametrize(("code", "reason"), NOT_PROVABLE.values(), ids=NOT_PROVABLE)
def test_what_is_in_doubt_is_not_provable(code, reason, tmp_path):
    found = install(tmp_path, code)
    assert isinstance(found, str), found
    assert reason in found


def test_files_of_the_source_are_read(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("a>=1  # why\n\n-x\n# no\nb\n")
    (tmp_path / "version.py").write_text("# generated\n__version__ = '1.2'\n")
    (tmp_path / "helpers.py").write_text("def pin(name):\n    return name + '==1'\n")
    code = """
    from pathlib import Path
    from helpers import pin

    here = os.path.abspath(os.path.dirname(__file__))
    with open(os.path.join(here, "requirements", "base.txt"), encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip() and line[0] not in "-#"]
    ns = {}
    exec(open("version.py").read(), ns)
    version = re.search(r"__version__ = '(.*)'", Path(__file__).parent.joinpath("version.py").read_text()).group(1)
    setup(install_requires=lines + [f"c=={ns['__version__']}", "d==" + version, pin("e")])
    """
    assert install(tmp_path, code) == ("a>=1", "b", "c==1.2", "d==1.2", "e==1")


def test_nothing_outside_the_source_is_read(tmp_path):
    (tmp_path / "outside.txt").write_text("a\n")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.txt").symlink_to(tmp_path / "outside.txt")
    for path in ("../outside.txt", str(tmp_path / "outside.txt"), "link.txt"):
        assert "cannot be read in the source" in install(tree, f"setup(install_requires=open({path!r}).read())")


@pytest.mark.parametrize(
    "code",
    [
        "R = 'a' * 10**12",
        "R = 10**10**10",
        "R = 'a'.replace('', 'b' * 90000).replace('', 'c' * 90000)",
        "R = '%999999999d' % 1",
        "R = f'{1:999999999d}'",
        "R = '{:999999999d}'.format(1)",
        "R = list(range(10**12))",
        "R = " + "(" * 150 + "1" + ")" * 150,
        "R = " + "-" * 5000 + "1",
        "R = [" * 90 + "]" * 90,
        "for a in range(10000):\n    for b in range(10000):\n        R = a",
    ],
)
def test_following_ends_soon_and_takes_little_memory(code, tmp_path):
    install(tmp_path, f"{code}\nsetup(install_requires=['a'])")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"setup(", b"\0", b""])
def test_what_is_not_python_is_not_provable(content, tmp_path):
    (tmp_path / "setup.py").write_bytes(content)
    assert isinstance(read_setup_py(tmp_path), NotProvable)


DONE = {
    "plain imports": ("import torch.utils, sys\nfrom numpy import array", ["torch", "torch.utils", "numpy"]),
    "an import that may fail": ("try:\n    import torch\nexcept ImportError:\n    torch = None", []),
    "an import that must not fail": (
        "try:\n    import torch\nexcept ImportError:\n    raise RuntimeError('install torch first')",
        ["torch"],
    ),
    "one way or another": ("if os.environ.get('X'):\n    import torch, six\nelse:\n    import six", ["six"]),
    "in a function that is called": ("def f():\n    import torch\nf()", ["torch"]),
    "in a function that is not": ("def f():\n    import torch\n", []),
    "on one platform": ("if sys.platform == 'win32':\n    import wmi", []),
    "in a module of the source": ("import helper", ["pybind11"]),
    "a call": (
        "from torch.utils.cpp_extension import CUDAExtension as E\ne = [E('x', [])]",
        ["torch.utils.cpp_extension", "torch.utils.cpp_extension.CUDAExtension()"],
    ),
    "a call on one way": (
        "import torch\nif torch.cuda.is_available():\n    torch.x()",
        ["torch", "torch.cuda.is_available()"],
    ),
    "where setup() is not followed": (
        "import torch\nexec(open('/x').read())\nimport six\nimport helper",
        ["torch", "six"],
    ),
    "setuptools and what comes along with it where setup() is not followed": (
        "exec(open('/x').read())\nimport distutils.core\nfrom setuptools import Command\nimport six",
        ["six"],
    ),
    "where too much is told apart": (
        "import six\n"
        + "\n".join(f"if sys.version_info >= (3, {n}): os.x" for n in range(6, 21))
        + "\nf(sys.platform)",
        ["six"],
    ),
}


@pytest.mark.parametrize("name", DONE)
def test_what_a_script_surely_does_is_seen(name, tmp_path):
    code, done = DONE[name]
    (tmp_path / "helper.py").write_text("import pybind11\n", encoding="utf-8")
    (tmp_path / "setup.py").write_text(f"{HEAD}{code}\nsetup()\n", encoding="utf-8")
    assert sorted(follow_script(tmp_path).done) == sorted(done)


def test_what_a_script_does_is_known_by_its_line(tmp_path):
    (tmp_path / "setup.py").write_text(f"{HEAD}\nimport torch\nsetup()\n", encoding="utf-8")
    assert follow_script(tmp_path).done == {"torch": "setup.py:4"}


CUDA = (
    "import torch\nfrom setuptools import setup\nfrom torch.utils.cpp_extension import BuildExtension, CUDAExtension\n"
)


@pytest.mark.parametrize(
    ("code", "surely"),
    [
        ("setup(ext_modules=[CUDAExtension('x', ['x.cpp', 'x.cu'])], cmdclass={'build_ext': BuildExtension})", True),
        ("e = []\ne.append(CUDAExtension(name='x', sources=['x.cu']))\nsetup(ext_modules=e)", True),
        ("setup(ext_modules=[CUDAExtension('x', ['x.cpp'])])", False),
        ("e = []\nif torch.cuda.is_available():\n    e = [CUDAExtension('x', ['x.cu'])]\nsetup(ext_modules=e)", False),
        ("e = CUDAExtension('x', ['x.cu'])\nif torch.x():\n    e = None\nsetup(ext_modules=[e])", False),
        (
            "class B(BuildExtension):\n    pass\nsetup(ext_modules=[CUDAExtension('x', ['x.cu'])], cmdclass={'b': B})",
            False,
        ),
        ("import glob\nsetup(ext_modules=[CUDAExtension('x', glob.glob('*.cu'))])", False),
        ("if torch.x():\n    setup(ext_modules=[CUDAExtension('x', ['x.cu'])])\nelse:\n    setup()", False),
    ],
)
def test_a_script_that_compiles_cuda_in_any_case_is_told_from_one_that_may(code, surely, tmp_path):
    (tmp_path / "setup.py").write_text(f"{CUDA}{code}\n", encoding="utf-8")
    assert ("nvcc()" in follow_script(tmp_path).done) is surely
