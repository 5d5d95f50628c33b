from __future__ import annotations

import pytest
import torch
from torch import nn

from kullback.data import Space
from kullback.networks import across

POINTS = Space("real", (3,), "float32", (0.0,) * 3)
GREY = Space("uint8", (28, 28), "uint8")
ODD = Space("uint8", (9, 31), "uint8")
SPACES = {
    "points": POINTS,
    "bits": Space("binary", (5, 2), "uint8"),
    "grey": GREY,
    "odd": ODD,
    "colour": Space("uint8", (8, 17, 3), "uint8"),
}
each_space = pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
each_hidden = pytest.mark.parametrize("hidden", [None, [], [5], [4, 6]], ids=str)


@each_space
@each_hidden
def test_a_body_across_leads_from_one_space_to_another_with_something_beside(
    space: Space, hidden: list[int] | None
) -> None:
    torch.manual_seed(0)
    for source in (space, POINTS, GREY):
        body = across(source, space, hidden, beside=[4], maps=2)
        at = torch.rand(3, *source.model_shape, requires_grad=True)
        beside = torch.randn(3, 4, requires_grad=True)
        made = body(at, beside)
        assert made.shape == (3, 2, *space.model_shape)
        slopes = torch.autograd.grad(made.square().sum(), [at, beside, *body.parameters()])
        assert all((slope != 0).any() for slope in slopes)


@pytest.mark.parametrize("whole", [True, False])
def test_a_pixel_is_made_from_its_surroundings_and_from_the_whole_only_if_wanted(
    whole: bool,
) -> None:
    body = across(ODD, ODD, None, whole=whole)
    for module in body.modules():
        for name, part in module.named_children():
            if isinstance(part, nn.GroupNorm):  # all pixels have a hand in its moments
                setattr(module, name, nn.Identity())
    at = torch.rand(1, 1, 9, 31, requires_grad=True)
    (slope,) = torch.autograd.grad(body(at)[0, 0, 0, 4, 2], at)
    seen = slope[0, 0].abs().sum(0) > 0
    assert seen[:4].all()
    assert seen[-12:].any() == whole


def test_a_few_vectors_beside_a_picture_have_as_much_to_say_as_the_picture_and_all_little() -> None:
    torch.manual_seed(0)
    body = across(GREY, GREY, None, beside=[4])
    first, last = (m for m in body.whole.modules() if isinstance(m, nn.Linear))  # type: ignore[union-attr]
    of_picture, of_vectors = first.weight[:, :-4], first.weight[:, -4:]
    said = [float(part.square().sum(1).mean().detach()) for part in (of_picture, of_vectors)]
    assert said[1] == pytest.approx(said[0], rel=0.2)
    assert float(last.weight.square().sum(1).mean().detach()) == pytest.approx(0.01, rel=0.2)
