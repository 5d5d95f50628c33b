from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Independent, Normal

from kullback.data import Space
from kullback.networks import Pooled, SequenceNetwork, TokenHead, Unrolled, likelihood_head
from kullback.networks.sequence import cosines

B, T = 6, 20
LENGTHS = torch.tensor([1, 2, 5, 19, 20, 11])
MASK = (torch.arange(T) < LENGTHS[:, None]).float()
STROKES = Space("real", (T, 2), "float32", (0.0, 0.0), sequence=True)
TOKENS = Space("token", (T,), "int64", sequence=True, levels=4)
each_space = pytest.mark.parametrize("space", [STROKES, TOKENS], ids=["strokes", "tokens"])
each_hidden = pytest.mark.parametrize("hidden", [None, [], [7], [5, 6]], ids=str)


def rows(space: Space) -> Tensor:
    return torch.randn(B, *space.model_shape, generator=torch.Generator().manual_seed(0))


def longer(x: Tensor, by: int, value: float) -> Tensor:
    """The same steps with other padding, and more of it."""
    more = torch.nn.functional.pad(x, (0, 0, 0, by), value=value)
    return torch.where(torch.nn.functional.pad(MASK, (0, by))[..., None] > 0, more, value)


@each_space
@each_hidden
def test_sequences_become_vectors_and_vectors_the_steps_of_sequences(
    space: Space, hidden: list[int] | None
) -> None:
    assert Pooled(space, hidden, 8)(rows(space), MASK).shape == (B, 8)
    z = torch.randn(B, 3)
    assert Unrolled(space, hidden, 3)(z, MASK).shape == (B, 1, *space.model_shape)


@each_space
@each_hidden
@pytest.mark.parametrize(("by", "value"), [(0, 3.0), (0, torch.nan), (13, 0.0), (200, -5.0)])
def test_a_vector_depends_neither_on_what_padding_holds_nor_on_how_much_there_is(
    space: Space, hidden: list[int] | None, by: int, value: float
) -> None:
    torch.manual_seed(0)
    # Below 0, where padding would be the largest value if it counted.
    encoder, x = Pooled(space, hidden, 8), -rows(space).abs()
    found = encoder(longer(x, by, value), torch.nn.functional.pad(MASK, (0, by)))
    torch.testing.assert_close(found, encoder(x, MASK), rtol=0, atol=1e-6)


@each_space
def test_a_vector_depends_on_every_step_on_its_place_and_on_how_many_there_are(
    space: Space,
) -> None:
    torch.manual_seed(0)
    encoder, x = Pooled(space, None, 8).double(), rows(space).double().requires_grad_()
    found = encoder(x, MASK.double())
    found.square().sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad.abs().sum(-1) > 0, MASK > 0)
    swapped = x.detach().clone()
    swapped[2, [0, 3]] = swapped[2, [3, 0]]
    ones = torch.ones_like(x)
    assert (encoder(swapped, MASK.double())[2] - found[2]).abs().max() > 1e-3
    # Steps that are all alike still say how many they are.
    assert torch.pdist(encoder(ones, MASK.double())).min() > 1e-3


@each_space
def test_the_steps_made_do_not_depend_on_how_much_padding_there_is(space: Space) -> None:
    torch.manual_seed(0)
    decoder, z = Unrolled(space, [5], 3), torch.randn(B, 3)
    longer_mask = torch.nn.functional.pad(MASK, (0, 9))
    found, again = decoder(z, MASK), decoder(z, longer_mask)[..., :T, :]
    exists = MASK[:, None, :, None] > 0
    torch.testing.assert_close(found * exists, again * exists, rtol=0, atol=1e-6)


def test_the_cosines_are_an_orthogonal_basis_of_the_steps_that_exist() -> None:
    """So that a decoder can make any steps of any length, and an encoder loses none of few."""
    shares, places = cosines(MASK.double(), T, T)
    for length, waves in zip(LENGTHS.tolist(), shares.numpy(), strict=True):
        here = waves[:length, :length]
        norms = np.diag([1.0] + [0.5] * (length - 1))
        np.testing.assert_allclose(here @ here.T / length, norms, atol=1e-12)
    torch.testing.assert_close(places, shares[LENGTHS == T][0])


@each_space
def test_the_law_of_a_sequence_sums_over_the_steps_in_the_units_of_the_data(space: Space) -> None:
    torch.manual_seed(0)
    z = torch.randn(B, 3)
    if space.kind == "token":
        network = SequenceNetwork(Unrolled(space, [5], 3), TokenHead())
        x = torch.eye(4)[torch.randint(4, (B, T))]
        law = network(z, MASK)
        logits = network.body(z, MASK).squeeze(1).log_softmax(-1)
        expected = ((logits * x).sum(-1) * MASK).sum(-1)
    else:
        space = Space("real", (T, 2), "float32", (1.0, -3.0), 0.2, sequence=True)
        head = likelihood_head(space.step, "gaussian", 0.5)
        network = SequenceNetwork(Unrolled(space, [5], 3), head)
        x = rows(space)
        law = network(z, MASK)
        # A density of x in data units: one Gaussian for every number, standard deviation .5·.2.
        data, mean = x * 0.2, network.body(z, MASK).squeeze(1) * 0.2
        each = Independent(Normal(mean, 0.1), 1).log_prob(data)  # type: ignore[no-untyped-call]
        expected = (each * MASK).sum(-1)
    assert (law.batch_shape, law.event_shape) == ((B,), space.model_shape)
    torch.testing.assert_close(law.log_prob(x), expected)
