from __future__ import annotations

import pytest
import torch
from torch import nn

from kullback.data import Space
from kullback.networks import inward, mlp, outward

SPACES = {
    "points": Space("real", (3,), "float32", (0.0,) * 3),
    "numbers": Space("real", (), "float32", (0.0,)),
    "bits": Space("binary", (5, 2), "uint8"),
    "grey": Space("uint8", (28, 28), "uint8"),
    "odd": Space("uint8", (9, 31), "uint8"),
    "colour": Space("uint8", (8, 17, 3), "uint8"),
    "channels first": Space("uint8", (2, 15, 16), "uint8"),
}
each_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
each_hidden = pytest.mark.parametrize("hidden", [None, [], [5], [4, 6]], ids=str)


@each_space
@each_hidden
def test_a_body_takes_observations_to_vectors_and_vectors_to_maps_of_observations(
    space: Space, hidden: list[int] | None
) -> None:
    x, z = torch.rand(2, *space.model_shape), torch.randn(2, 4)
    assert inward(space, hidden, 7)(x).shape == (2, 7)
    assert outward(space, hidden, 4, maps=3)(z).shape == (2, 3, *space.model_shape)


@each_space
def test_without_hidden_layers_a_body_is_affine(space: Space) -> None:
    a, b = torch.rand(2, 2, *space.model_shape)
    encoder, decoder = inward(space, [], 3), outward(space, [], 3)
    between = 0.3 * encoder(a) + 0.7 * encoder(b)
    torch.testing.assert_close(encoder(0.3 * a + 0.7 * b), between, atol=1e-5, rtol=1e-4)
    y, z = torch.randn(2, 2, 3)
    between = 0.3 * decoder(y) + 0.7 * decoder(z)
    torch.testing.assert_close(decoder(0.3 * y + 0.7 * z), between, atol=1e-5, rtol=1e-4)
    assert len([m for m in encoder.modules() if isinstance(m, nn.Linear)]) == 1


@each_space
@each_hidden
def test_every_parameter_of_a_body_and_every_input_has_a_hand_in_its_output(
    space: Space, hidden: list[int] | None
) -> None:
    torch.manual_seed(0)
    for body, shape in (
        (inward(space, hidden, 3), space.model_shape),
        (outward(space, hidden, 3), (3,)),
    ):
        at = torch.rand(4, *shape, requires_grad=True)
        slopes = torch.autograd.grad(body(at).square().sum(), [at, *body.parameters()])
        assert all((slope != 0).any() for slope in slopes)
        rows = slopes[0].flatten(1)
        assert (rows != 0).any(0).all()


def test_a_perceptron_has_the_widths_it_was_given_and_no_activation_at_its_end() -> None:
    layers = list(mlp(3, [5, 7], 2, nn.ReLU))
    assert [type(layer) for layer in layers] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    linear = [layer for layer in layers if isinstance(layer, nn.Linear)]
    assert [layer.out_features for layer in linear] == [5, 7, 2]


@pytest.mark.parametrize("beside", ["odd", "points"])
def test_pictures_that_do_not_lie_on_each_other_are_still_seen_together(beside: str) -> None:
    large = Space("uint8", (40, 40), "uint8")
    body = inward(large, None, 3, beside=[SPACES[beside]])
    inputs = [torch.rand(2, *s.model_shape) for s in (large, SPACES[beside])]
    assert body(*inputs).shape == (2, 3)


@pytest.mark.parametrize("body", ["perceptron", "inward", "outward"])
def test_untrained_layers_keep_the_size_of_a_signal(body: str) -> None:
    """Each of three to five layers that PyTorch starts itself would make it six times smaller."""
    torch.manual_seed(0)
    large = Space("real", (48, 48), "float32", (0.0,) * 48**2)
    network, at = {
        "perceptron": (mlp(256, [512] * 4, 256, nn.ReLU), torch.randn(64, 256)),
        "inward": (inward(large, None, 256, nn.ReLU), torch.randn(64, *large.model_shape)),
        "outward": (outward(large, None, 64, activation=nn.ReLU), torch.randn(64, 64)),
    }[body]
    # A convolution at the edge of a picture has fewer inputs.
    assert 0.5 < float(network(at).square().mean().detach()) < 1.3


@each_space
@pytest.mark.parametrize("hidden", [None, [5]], ids=str)
def test_a_body_that_settles_takes_off_the_mean_once_it_is_told(
    space: Space, hidden: list[int] | None
) -> None:
    settling, plain = inward(space, hidden, 3, settles=True), inward(space, hidden, 3)
    state = settling.state_dict()
    plain.load_state_dict({name: t for name, t in state.items() if name != "join.shift"})
    x, mean = torch.rand(4, *space.model_shape), torch.rand(space.model_shape)
    torch.testing.assert_close(settling(x), plain(x))
    settling.join.settle(mean)  # type: ignore[operator, union-attr]
    middle = 0.5 if space.bounded else 0.0
    torch.testing.assert_close(settling(x), plain(x - mean + middle), atol=1e-5, rtol=1e-4)


@each_space
def test_an_affine_body_has_nothing_to_settle(space: Space) -> None:
    assert not inward(space, [], 3, settles=True).join.settles  # type: ignore[union-attr]


@pytest.mark.parametrize(("hidden", "spreads"), [([200], True), ([200, 200], False)], ids=str)
def test_the_biases_of_a_single_hidden_layer_can_begin_spread(
    hidden: list[int], spreads: bool
) -> None:
    body = outward(SPACES["bits"], hidden, 4, spread=2.0)
    *inner, last = (m.bias for m in body.modules() if isinstance(m, nn.Linear))
    assert not last.any()
    for bias in inner:
        if spreads:
            assert 1.5 < float(bias.detach().abs().max()) <= 2
            assert 0.5 < float(bias.detach().abs().mean()) < 1.5
        else:
            assert not bias.any()
