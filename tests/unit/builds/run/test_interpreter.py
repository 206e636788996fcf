from __future__ import annotations

import pytest

from interlock.builds.run.interpreter import purelib
from interlock_hooks.types import InterlockError


def test_an_interpreter_that_does_not_work_is_said_so(tmp_path):
    broken = tmp_path / "python"
    with pytest.raises(InterlockError) as error:
        purelib(broken)
    assert error.value.findings[0].code == "IL419"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(InterlockError):
        purelib(broken)
