from __future__ import annotations

import pytest
import torch
from torch import nn

from kullback.data import Space
from kullback.errors import BadInput
from kullback.networks import ClassCode, Logit, Network, features_of, inward

POINTS = Space("real", (3,), "float32", (0.0,) * 3)
PICTURES = Space("uint8", (40, 40), "uint8")


@pytest.mark.parametrize(("space", "width"), [(POINTS, 128), (PICTURES, 128 * 25)])
def test_features_are_what_the_last_layer_makes_its_numbers_from(space: Space, width: int) -> None:
    body = inward(space, None, 2, nn.LeakyReLU, beside=[4])
    inputs = torch.rand(5, *space.model_shape), torch.rand(5, 4)
    for network in (body, Logit(body), Network(body, ClassCode())):
        seen = features_of(network)(*inputs)
        assert seen.shape == (5, width)
        last = [m for m in body.modules() if isinstance(m, nn.Linear)][-1]
        torch.testing.assert_close(last(seen), body(*inputs))


def test_features_follow_the_network_because_they_are_its_layers() -> None:
    critic = Logit(inward(POINTS, [6], 1))
    features, x = features_of(critic), torch.rand(5, 3)
    before = features(x)
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.add_(1)
    assert not torch.equal(features(x), before)
    assert {id(p) for p in features.parameters()} < {id(p) for p in critic.parameters()}


def test_the_features_of_an_affine_network_are_its_inputs() -> None:
    x = torch.rand(5, 3)
    assert torch.equal(features_of(inward(POINTS, [], 1))(x), x)


def test_a_network_that_is_not_layers_in_a_row_is_refused_in_one_line() -> None:
    class Own(nn.Module):
        pass

    with pytest.raises(BadInput, match="features of a Own are not known") as refusal:
        features_of(Logit(Own()))
    assert "\n" not in str(refusal.value)
