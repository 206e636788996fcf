"""Print, as JSON, what repackaging needs to know about the interpreter that runs this file."""

from __future__ import annotations

import json
import os
import platform
import sys
import sysconfig
from pathlib import Path

PREFIX_SCHEME = "posix_prefix"


def describe() -> dict[str, object]:
    """Facts about the interpreter below any virtual environment: where its parts lie and how it was built."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    base.update(installed_base=sys.base_prefix, installed_platbase=sys.base_exec_prefix)
    stdlib = Path(os.__file__).parent
    include = Path(sysconfig.get_path("include", PREFIX_SCHEME, base))
    executable = Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()
    return {
        "implementation": sys.implementation.name,
        "system": sysconfig.get_platform(),
        "version": platform.python_version().rstrip("+"),  # 3.11.2+ is a build from a repository
        "minor": "{}.{}".format(*sys.version_info[:2]),
        "build": sys.version,
        "gil": bool(getattr(sys, "_is_gil_enabled", lambda: True)()),
        "prefix": str(Path(sys.base_prefix).resolve()),
        "executable": str(executable),
        "executable_size": executable.stat().st_size,
        "stdlib": str(stdlib),
        "include": str(include),
        "headers": (include / "Python.h").is_file(),
        "ensurepip": (stdlib / "ensurepip" / "__main__.py").is_file(),
    }


if __name__ == "__main__":
    print(json.dumps(describe()))
