from __future__ import annotations

import torch
from torch import nn

from kullback.networks import Still


def test_it_is_the_network_with_slopes_in_its_inputs_and_none_in_its_weights() -> None:
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    still, x = Still(network), torch.rand(5, 3, requires_grad=True)
    torch.testing.assert_close(still(x), network(x))
    slopes = torch.autograd.grad(
        still(x).square().sum(), [x, *network.parameters()], materialize_grads=True
    )
    (direct,) = torch.autograd.grad(network(x).square().sum(), x)
    torch.testing.assert_close(slopes[0], direct)
    assert all((slope == 0).all() for slope in slopes[1:])


def test_it_has_nothing_to_learn_or_to_save_and_follows_the_network() -> None:
    network = nn.Linear(3, 2)
    still, x = Still(network), torch.rand(5, 3)
    assert (list(still.parameters()), still.state_dict()) == ([], {})
    with torch.no_grad():
        network.weight.add_(1)
    torch.testing.assert_close(still(x), network(x))
