"""A pytest plugin for tests of Interlock's plugins: the real command line on a local channel and index, offline.

It is loaded where tests ask for it, and costs others nothing; it needs ``interlock[testing]``. In ``pyproject.toml``::

    [tool.pytest.ini_options]
    addopts = ["-p", "interlock_hooks.testing"]

or in a ``conftest.py`` that imports nothing of it: ``pytest_plugins = ["interlock_hooks.testing"]``. Then a test is a
few lines::

    def test_leftpad_is_refused(interlock_project):
        interlock_project.index.wheel("leftpad", "1.0")
        interlock_project.declare("leftpad", extra='''
            [tool.interlock]
            plugins = ["site-policy"]
        ''')
        finding = interlock_project.run("env", "lock", "--json").failed(1, "IL890")
        assert "leftpad" in finding["what"]

The names in ``__all__`` and the fixtures ``interlock_channel``, ``interlock_index`` and ``interlock_project`` are for
plugin authors, and as stable as the hooks. The modules also have what Interlock's own tests need, which may change.
"""

from interlock_hooks.testing.channel import PLATFORM, Channel
from interlock_hooks.testing.fixtures import (
    interlock_channel,
    interlock_index,
    interlock_project,
    interlock_shared,
)
from interlock_hooks.testing.index import Index
from interlock_hooks.testing.project import PYTHON, Project
from interlock_hooks.testing.result import Result
from interlock_hooks.testing.sdists import Backend

__all__ = [
    "PLATFORM",
    "PYTHON",
    "Backend",
    "Channel",
    "Index",
    "Project",
    "Result",
    "interlock_channel",
    "interlock_index",
    "interlock_project",
    "interlock_shared",
]
