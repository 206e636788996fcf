from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kit.conda_api import stand_in


@pytest.fixture
def context() -> Iterator[Any]:
    """conda's settings, with conda's API to be imported."""
    with stand_in() as made:
        yield made
