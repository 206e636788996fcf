"""The scenario kit: what :mod:`interlock_hooks.testing` does not have, because only tests of Interlock need it.

A scenario is a few lines::

    index.wheel("torch", "2.6.0")
    index.sdist("flash-attn", "2.7.4", backend=Backend(imports=["torch"]))
    project.write(f'''...''')
    project.run("env", "install").ok()
    assert project.built("flash-attn")["imports"] == {"torch": "2.6.0"}

Everything is made when it is asked for, from text in the test; nothing is fetched.
"""

from kit.addresses import import_when_asked

import_when_asked()
