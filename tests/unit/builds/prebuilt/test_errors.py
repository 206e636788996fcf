from __future__ import annotations

import pytest

from interlock.builds.prebuilt.errors import raise_if_not_cached
from interlock.core.findings import not_cached, wrong_hash
from interlock_hooks.types import InterlockError, Missing


def test_a_wheel_that_is_only_not_cached_is_not_passed_over() -> None:
    for other in (OSError("gone"), InterlockError(wrong_hash("fa.whl"))):
        raise_if_not_cached(other, "fa")
    with pytest.raises(InterlockError) as refused:
        raise_if_not_cached(InterlockError(not_cached([Missing(kind="file", name="fa.whl")])), "fa")
    assert [str(each) for each in refused.value.findings[0].missing] == ["file fa.whl, to build fa"]
