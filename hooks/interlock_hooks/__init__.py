"""The contract for Interlock plugins: hook specifications and the frozen data types that cross them.

Depends on pluggy and packaging only, so that a plugin can be written and tested without the environment manager.
"""

from interlock_hooks.specs import PROJECT_NAME, hookimpl, hookspec

__all__ = ["PROJECT_NAME", "hookimpl", "hookspec"]
