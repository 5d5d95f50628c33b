from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from kullback.distributions import Noise
from kullback.objectives import Batch, Clock, Follower, Objective, Player, Terms, alone
from kullback.objectives.follower import Owner

CLOCK = Clock(*torch.zeros(3).unbind())
NOISE = Noise.seeded(1, 0)


def player(term: str, module: nn.Module, moves: int = 1, observes: bool = True) -> Player:
    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        return {term: torch.stack([p.sum() for p in module.parameters()]).sum()}

    return Player({f"m_{term}": module}, terms, moves, observes)


def normalised() -> nn.Module:
    """A module whose every forward pass changes its buffers."""
    return nn.Sequential(spectral_norm(nn.Linear(3, 3)), nn.BatchNorm1d(3), nn.Linear(3, 1))


def snapshot(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_objectives_add_players_of_one_name_become_one_with_all_terms_and_modules() -> None:
    first, second = nn.Linear(1, 1), nn.Linear(1, 1)
    whole = Objective({"model": player("a", first, observes=False)}, "min a") + Objective(
        {"model": player("b", second), "critic": player("c", nn.Linear(1, 1), moves=4)}, "min b"
    )
    assert list(whole) == ["critic", "model"]
    assert set(whole["model"].terms({}, NOISE, CLOCK)) == {"a", "b"}
    assert whole["model"].modules == {"m_a": first, "m_b": second}
    assert whole["model"].observes
    assert whole["critic"].moves == 4
    assert str(whole) == "min a\nmin b"
    assert set(whole.modules) == {"m_a", "m_b", "m_c"}


def test_figures_are_told_beside_what_is_minimised_in_a_sum_too() -> None:
    def told(term: str, figure: str) -> Objective:
        terms = {term: torch.ones(()), figure: torch.zeros(())}
        figures = frozenset([figure])
        return Objective({"model": Player({}, lambda *_: terms, figures=figures)}, "")

    both = (told("a", "b") + told("c", "d"))["model"]
    found = both.terms({}, NOISE, CLOCK)
    assert list(found) == ["a", "b", "c", "d"]
    assert both.minimised({name: name for name in found}) == ["a", "c"]


def test_a_module_that_two_objectives_share_is_one() -> None:
    shared = nn.Linear(1, 1)
    one = Player({"net": shared}, lambda *_: {"a": shared.weight.sum()})
    two = Player({"net": shared}, lambda *_: {"b": shared.weight.sum()})
    whole = Objective({"model": one}, "a") + Objective({"model": two}, "b")
    assert len(whole["model"].parameters) == 2


def test_a_parameter_that_two_modules_share_is_one() -> None:
    encoder = nn.Linear(2, 2, bias=False)
    decoder = nn.Linear(2, 2, bias=False)
    decoder.weight = encoder.weight
    tied = Player({"q(z|x)": encoder, "p(x|z)": decoder}, lambda *_: {})
    assert len(tied.parameters) == 1


def test_equal_term_names_of_one_player_are_refused() -> None:
    one = Objective({"model": player("a", nn.Linear(1, 1))}, "a")
    with pytest.raises(ValueError, match="two terms of player model are called a"):
        (one + one)["model"].terms({}, NOISE, CLOCK)


def test_a_player_that_would_have_to_move_in_two_ways_is_refused() -> None:
    one = Objective({"model": player("a", nn.Linear(1, 1), moves=1)}, "a")
    two = Objective({"model": player("b", nn.Linear(1, 1), moves=2)}, "b")
    exact = Objective({"model": Player({}, lambda *_: {}, solve=lambda rows: None)}, "c")
    for other in (two, exact):
        with pytest.raises(ValueError, match="player model would have to move in two ways"):
            one + other


def test_followers_are_kept_when_objectives_add() -> None:
    module = nn.Linear(1, 1)
    first, second = Follower(module, 0.9), Follower(module, 0.5)
    one = Objective({"model": player("a", module)}, "a").followed({"first": first})
    two = Objective({"critic": player("b", module)}, "b").followed({"second": second})
    assert (one + two).followers == {"first": first, "second": second}


def beside(mover: Player, other: Player) -> list[tuple[Owner, str]]:
    """Where the buffers of the other player are, as a game of the two finds them."""
    return Objective({"mover": mover, "other": other}, "").buffers_of_others["mover"]


def test_alone_puts_the_buffers_of_all_the_others_back() -> None:
    mine, theirs = normalised(), normalised()
    mover, other = player("a", mine), player("b", theirs)
    before = snapshot(mine), snapshot(theirs)
    with alone(beside(mover, other)):
        for module in (mine, theirs):
            module(torch.randn(8, 3))
        assert not same(snapshot(theirs), before[1])
    assert same(snapshot(theirs), before[1])
    assert not same(snapshot(mine), before[0])


def test_alone_puts_buffers_back_after_an_error_too() -> None:
    theirs = normalised()
    mover, other = player("a", nn.Linear(1, 1)), player("b", theirs)
    before = snapshot(theirs)

    def break_off() -> None:
        with alone(beside(mover, other)):
            theirs(torch.randn(8, 3))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        break_off()
    assert same(snapshot(theirs), before)


def test_a_module_that_the_mover_shares_with_others_keeps_its_new_buffers() -> None:
    shared = normalised()
    mover, other = player("a", shared), player("b", shared)
    before = snapshot(shared)
    with alone(beside(mover, other)):
        shared(torch.randn(8, 3))
    assert not same(snapshot(shared), before)


def test_putting_buffers_back_leaves_gradients_valid() -> None:
    theirs = normalised()
    mover, other = player("a", nn.Linear(3, 3)), player("b", theirs)
    generator = mover.modules["m_a"]
    with alone(beside(mover, other)):
        loss = theirs(generator(torch.randn(8, 3))).square().sum()
        theirs(torch.randn(8, 3))
        gradients = torch.autograd.grad(loss, list(generator.parameters()))
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


class Averaged(nn.Module):
    """A module that puts another tensor in the place of its buffer."""

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)
        self.register_buffer("mean", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        self.mean = 0.5 * self.mean + 0.5
        y: Tensor = self.linear(x)
        return y


def test_a_buffer_that_is_replaced_is_followed_and_put_back() -> None:
    own, theirs = nn.Linear(1, 1), Averaged()
    follower = Follower(theirs, 0.9)
    x = torch.zeros(2, 1)
    for step in range(3):
        theirs(x)
        follower.follow(torch.tensor(step))
    assert torch.equal(follower.module.get_buffer("mean"), theirs.mean)
    assert float(theirs.mean) == 0.875
    with alone(beside(player("a", own), player("b", theirs))):
        theirs(x)
    assert float(theirs.mean) == 0.875
