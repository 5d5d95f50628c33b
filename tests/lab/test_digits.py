"""What the experiments on digits have in common."""

from __future__ import annotations

import numpy as np
import torch

from kullback.lab.digits import (
    digits,
    held_out,
    held_out_labels,
    learnt,
    learnt_labels,
    one_hot,
    seeded,
    shown,
)


def test_no_row_is_both_learnt_from_and_held_out() -> None:
    assert len(learnt()) + len(held_out()) == 1797
    seen = {row.tobytes() for row in learnt()}
    both = sum(row.tobytes() in seen for row in held_out())
    assert both == 0


def test_pictures_are_shown_as_they_came() -> None:
    np.testing.assert_array_equal(shown(learnt()), digits().train.x)


def test_labels_stand_beside_their_rows() -> None:
    assert len(held_out_labels()) == len(held_out())
    np.testing.assert_array_equal(one_hot(learnt_labels()).argmax(1), digits().train.y)


def test_what_is_seeded_is_the_same_again_and_leaves_torch_as_it_was() -> None:
    before = torch.get_rng_state()
    one, other = (seeded(lambda: torch.randn(5), 3) for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())
