"""Libraries to link against that exist only with a driver: made from the declarations in their headers.

NVIDIA's own toolkit has such stubs; the wheels do not. A stub defines every name and does nothing, and its soname makes
the program load the driver's library when it runs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from interlock.channel import findings

if TYPE_CHECKING:
    from pathlib import Path

    from interlock.channel.toolkit import Stub

COMPILERS = ("cc", "gcc", "clang")


def declared(stub: Stub, header: str) -> list[str]:
    """The names that the text `header` declares, by the stub's patterns, with each of its suffixes."""
    names = {name for declaration in stub.declarations for name in re.findall(declaration, header)}
    return sorted({name + suffix for name in names for suffix in stub.suffixes})


def compile_stub(package: str, stub: Stub, header: str, tree: Path, work: Path) -> None:
    """Write the library `stub` of `package` below `tree`.

    Raises InterlockError (IL709) without a C compiler that works.
    """
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise findings.compiler_missing(package)
    source = work / "stub.c"
    source.write_text("".join(f"int {name}(void) {{ return 0; }}\n" for name in declared(stub, header)))
    library = tree / stub.library
    library.parent.mkdir(parents=True, exist_ok=True)
    command = [compiler, "-shared", "-fPIC", "-nostdlib", "-w", "-fno-builtin", f"-Wl,-soname,{stub.soname}"]
    result = subprocess.run([*command, "-o", str(library), str(source)], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise findings.compiler_missing(package, result.stderr)
    library.chmod(0o755)
