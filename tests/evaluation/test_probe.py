from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kullback.data import Part, Space
from kullback.errors import BadInput
from kullback.evaluation import probe
from kullback.evaluation.metric import Metric
from kullback.evaluation.reference import Reference

ROWS = 400


@pytest.fixture(scope="module", autouse=True)
def whole_training() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "FEWEST_STEPS", 60)
        patch.setattr(probe, "PASSES", 20)
        yield


def real(train: np.ndarray, held_out: np.ndarray | None) -> Reference:
    return Reference(Space.of(train), Part(train), None if held_out is None else Part(held_out))


def told(samples: np.ndarray, of: Reference) -> Metric:
    found = probe.c2st(samples, of)
    assert found is not None
    return found


def normal(seed: int, shift: float = 0.0, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (rows, 2))


@pytest.mark.parametrize("held_out", [True, False])
def test_of_one_law_nothing_is_told(held_out: bool) -> None:
    of = real(normal(1, rows=2 * ROWS), normal(2) if held_out else None)
    found = told(normal(3), of)
    assert found.n == 2 * ROWS
    assert found.stderr is not None
    assert abs(found.value - 0.5) < 4 * 0.5 / np.sqrt(found.n)
    assert found.floor is not None
    assert abs(found.floor - 0.5) < 4 * 0.5 / np.sqrt(found.n)


def test_a_shift_is_told_as_well_as_it_can_be() -> None:
    found = told(normal(3, 1.5), real(normal(1), normal(2)))
    best = 0.856  # Φ(1.5·√2 / 2), the accuracy of the likelihood ratio
    assert found.value == pytest.approx(best, abs=4 * np.sqrt(best * (1 - best) / found.n) + 0.02)


def test_codes_are_told_from_the_prior_only_where_they_differ() -> None:
    """Of one mean and variance, in two clumps: no moment to the second tells them, a probe does."""
    clumps = np.sign(normal(3)) * np.sqrt(1 - 0.2**2) + 0.2 * normal(4)
    alike, clumped = (probe.prior_c2st(z, normal(1), normal(2)) for z in (normal(3), clumps))
    assert alike is not None
    assert clumped is not None
    assert abs(alike.value - 0.5) < 4 * 0.5 / np.sqrt(alike.n)
    assert clumped.value > 0.8
    assert clumped.floor == alike.floor
    assert probe.prior_c2st(normal(3)[:40], normal(1), normal(2)) is None


def test_rows_that_were_learnt_do_not_count() -> None:
    """A probe of many weights knows 50 rows in 400 dimensions by heart; on others it is at ½."""
    rng = np.random.default_rng(0)
    train, held_out, samples = (rng.normal(size=(50, 400)) for _ in range(3))
    found = told(samples, real(train, held_out))
    assert abs(found.value - 0.5) < 4 * 0.5 / np.sqrt(found.n)


def test_images_and_sequences_have_probes_too() -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (120, 8, 8)).astype(np.uint8)
    dark = images // 4
    assert told(dark[:60], real(images[:60], images[60:])).value > 0.9
    steps = np.arange(6) < rng.integers(1, 7, 300)[:, None]
    x = rng.normal(size=(300, 6, 2)) * steps[..., None]
    part = Part(x, None, steps)
    short = np.ma.masked_array(x, np.repeat(~(steps & (np.arange(6) < 2))[..., None], 2, axis=2))
    found = told(short, Reference(Space.of(x, mask=steps), part, part))
    assert found.value > 0.7


def test_the_same_seed_gives_the_same_number_and_leaves_the_global_state() -> None:
    import torch

    of, samples = real(normal(1), normal(2)), normal(3, 0.5)
    state = torch.get_rng_state()
    assert told(samples, of).value == told(samples, of).value
    assert torch.equal(torch.get_rng_state(), state)


def test_of_a_few_rows_nothing_is_said() -> None:
    assert probe.c2st(normal(3, rows=49), real(normal(1), normal(2))) is None


def test_files_sorted_by_class_are_no_trap() -> None:
    """The first rows of both files are of different classes, and the files are of one law."""
    rng = np.random.default_rng(0)
    centres = np.repeat([-4.0, 4.0], 1500)[:, None]
    rows = [centres + rng.normal(size=(3000, 2)) for _ in range(3)]
    found = told(rows[0][::-1], real(rows[1], rows[2]))
    assert found.n == 2 * probe.MOST_ROWS
    assert abs(found.value - 0.5) < 4 * 0.5 / np.sqrt(found.n)


def test_samples_of_another_shape_are_refused() -> None:
    with pytest.raises(BadInput, match="shape"):
        probe.c2st(np.zeros((20, 3)), real(normal(1), normal(2)))
