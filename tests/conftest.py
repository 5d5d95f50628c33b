from __future__ import annotations

from collections.abc import Iterator

import pytest

from kullback.evaluation import probe


@pytest.fixture(scope="session", autouse=True)
def quick_probe() -> Iterator[None]:
    """Evaluations of tiny runs need no probe that can see; its own tests give it its steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "FEWEST_STEPS", 5)
        patch.setattr(probe, "PASSES", 1)
        yield
