"""What tests of the store ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from safar.store.identity import Identity


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    with Identity.open(tmp_path) as identity:
        yield identity
        assert identity.problems() == []
