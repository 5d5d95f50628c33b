from __future__ import annotations

import torch
from torch import nn

from kullback.networks import ByLabel, Logit


def test_a_critic_says_one_number_a_row() -> None:
    assert Logit(nn.Linear(3, 1))(torch.zeros(4, 3)).shape == (4,)
    assert Logit(nn.Linear(3, 1))(torch.zeros(1, 3)).shape == (1,)


def test_a_critic_by_label_is_the_classes_own_number() -> None:
    body = nn.Linear(3, 4)
    x, classes = torch.randn(5, 3), torch.tensor([0, 3, 1, 1, 2])
    found = ByLabel(body)(x, torch.eye(4)[classes])
    torch.testing.assert_close(found[:, 0], body(x)[torch.arange(5), classes])
