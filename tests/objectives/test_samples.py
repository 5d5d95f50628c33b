"""Games between joints of one-dimensional lines, with critics that are known functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, Normal
from torch.nn.functional import softplus

from kullback.distributions import Delta, Noise
from kullback.divergences import (
    HINGE,
    LEAST_SQUARES,
    MINIMAX,
    NON_SATURATING,
    RELATIVISTIC,
    TRUNCATED,
    WASSERSTEIN,
    Dual,
    mmd,
    unit_slope,
    zero_slope,
)
from kullback.errors import BadInput
from kullback.objectives import Batch, Clock, Data, Factor, Joint, Objective, adversarial, kl, match

DUALS = [MINIMAX, NON_SATURATING, LEAST_SQUARES, HINGE, WASSERSTEIN, RELATIVISTIC]
each_dual = pytest.mark.parametrize("dual", DUALS, ids=lambda d: d.name)
CLOCK = Clock(*torch.zeros(3).unbind())
ROWS = 5
X = {"x": torch.linspace(-1, 2, ROWS, dtype=torch.float64)[:, None]}


class Line(nn.Module):
    """N(a·input + b, s²), or the point a·input + b where s is 0."""

    def __init__(self, a: float, b: float, s: float = 0.0) -> None:
        super().__init__()
        self.numbers = nn.Parameter(torch.tensor([a, b], dtype=torch.float64))
        self.s = s

    def forward(self, at: Tensor) -> Distribution:
        mean = self.numbers[0] * at + self.numbers[1]
        if self.s == 0:
            return Delta(mean)
        return Independent(Normal(mean, torch.full_like(mean, self.s)), 1)


class Prior(nn.Module):
    def forward(self) -> Distribution:
        return Independent(Normal(torch.zeros(1).double(), torch.ones(1).double()), 1)


class Critic(nn.Module):
    """A small smooth function of its inputs; ``sign`` −1 turns it round."""

    def __init__(self, inputs: int = 1, sign: int = 1) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(1)
            self.body = nn.Sequential(nn.Linear(inputs, 4), nn.Tanh(), nn.Linear(4, 1)).double()
        self.sign = sign

    def forward(self, *inputs: Tensor) -> Tensor:
        return self.sign * self.body(torch.cat(inputs, 1)).squeeze(1)  # type: ignore[no-any-return]


def gan_joints() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(0.7, 0.4), given="z"))
    return q, p


def ali_joints() -> tuple[Joint, Joint]:
    q = Joint("q", Data("x"), Factor("z", Line(0.5, 0.1, 0.6), given="x"))
    p = Joint("p", Factor("z", Prior()), Factor("x", Line(1.2, -0.3, 0.8), given="z"))
    return q, p


def noise(seed: int = 0) -> Noise:
    return Noise.seeded(ROWS, seed, dtype=torch.float64)


def of(objective: Objective, player: str, batch: Batch = X) -> dict[str, Tensor]:
    return objective[player].terms(batch, noise(), CLOCK)


def total(terms: dict[str, Tensor]) -> Tensor:
    return torch.stack(list(terms.values())).sum()


def test_in_a_gan_the_model_moves_and_sees_no_data() -> None:
    q, p = gan_joints()
    game = adversarial(NON_SATURATING, q, p, Critic())
    assert list(game) == ["critic", "model"]
    assert set(game["model"].modules) == {"p(x|z)"}
    assert not game["model"].observes
    assert game["critic"].observes
    assert set(of(game, "model", batch={})) == {"adversarial_x"}
    assert str(game) == (
        "game on (x),  q = data(x),  p = ∫ p(z) p(x|z) dz:  "
        "critic min −E_q log P(q) − E_p log P(p);  p min −E_p log P(q)"
    )


def test_in_a_paired_gan_the_model_sees_data() -> None:
    q, p = gan_joints()
    assert adversarial(RELATIVISTIC, q, p, Critic())["model"].observes


def test_in_the_game_on_codes_the_encoder_moves() -> None:
    game = adversarial(NON_SATURATING, *ali_joints(), Critic(), on="z")
    assert set(game["model"].modules) == {"q(z|x)"}
    assert game["model"].observes
    assert "q = ∫ data(x) q(z|x) dx,  p = p(z):" in str(game)
    assert str(game).endswith(";  q min −E_q log P(p)")


def test_in_ali_both_sides_move() -> None:
    game = adversarial(NON_SATURATING, *ali_joints(), Critic(2), on="x z")
    assert set(game["model"].modules) == {"q(z|x)", "p(x|z)"}
    assert set(of(game, "model")) == {"adversarial_x_z_q", "adversarial_x_z_p"}
    assert set(of(game, "critic")) == {"critic_x_z", "logit_x_z"}
    assert "game on (x, z),  q = data(x) q(z|x),  p = p(z) p(x|z):" in str(game)
    assert str(game).endswith(";  q min −E_q log P(p);  p min −E_p log P(q)")


@each_dual
def test_the_players_of_a_game_minimise_the_duals_losses_of_the_sides_samples(dual: Dual) -> None:
    q, p = ali_joints()
    critic = Critic(2)
    game = adversarial(dual, q, p, critic, on="x z")
    source = noise()
    real, made = q.trace(X, source).values, p.trace(X, source).values
    scores = [critic(side["x"], side["z"]) for side in (real, made)]
    assert torch.equal(of(game, "critic")["critic_x_z"], dual.critic(*scores))
    moved = of(game, "model")
    away = [-scores[1], scores[0]] if dual.paired else [None, None]
    torch.testing.assert_close(moved["adversarial_x_z_q"], dual.mover(-scores[0], away[0]))
    torch.testing.assert_close(moved["adversarial_x_z_p"], dual.mover(scores[1], away[1]))


def test_the_truncated_game_leads_the_data_side_away_from_the_model_side() -> None:
    q, p = ali_joints()
    critic, source = Critic(2), noise()
    game = adversarial(TRUNCATED, q, p, critic, on="x z")
    rule = adversarial(NON_SATURATING, q, p, critic, on="x z")
    real = q.trace(X, source).values
    own = softplus(-critic(real["x"], real["z"])).mean()
    terms, ruled = of(game, "model"), of(rule, "model")
    torch.testing.assert_close(terms["adversarial_x_z_q"], own)
    torch.testing.assert_close(terms["adversarial_x_z_p"], ruled["adversarial_x_z_p"])
    assert not torch.allclose(own, ruled["adversarial_x_z_q"])
    assert str(game).endswith(";  q min −E_q log P(q);  p min −E_p log P(q)")


def test_a_critic_may_look_on_without_a_mover() -> None:
    q, p = ali_joints()
    critic = Critic()
    looking = adversarial(NON_SATURATING, q, p, critic, on="x", model_moves=0)
    game = adversarial(NON_SATURATING, q, p, critic, on="x")
    assert list(looking) == ["critic"]
    assert of(looking, "critic") == of(game, "critic")
    assert str(looking) == str(game).split(";")[0]


class Turned(Noise):
    """Hand out two equally shaped blocks in the other order: the sides draw in turn."""

    def draw(self, kind: str, shape: tuple[int, ...]) -> Tensor:
        self.requests.append((kind, shape))
        return self._drawn[-len(self.requests)]


@each_dual
def test_one_rule_serves_every_side_swapping_sides_and_the_critics_sign_changes_nothing(
    dual: Dual,
) -> None:
    def sides(first: str, second: str) -> tuple[Joint, Joint]:
        a = Joint(first, Factor("z", Prior()), Factor("x", Line(0.5, 0.1), given="z"))
        b = Joint(second, Factor("z", Prior()), Factor("x", Line(1.2, -0.3), given="z"))
        return a, b

    drawn = [noise(1).normal(ROWS, 1), noise(2).normal(ROWS, 1)]
    a, b = sides("q", "p")
    game = adversarial(dual, a, b, Critic())
    a, b = sides("p", "q")
    swapped = adversarial(dual, b, a, Critic(sign=-1))
    for player in ("critic", "model"):
        one = game[player].terms({}, Noise.replay(ROWS, drawn), CLOCK)
        two = swapped[player].terms({}, Turned(ROWS, drawn=drawn), CLOCK)
        for before, after in (("_q", "_p"), ("_p", "_q"), ("critic_x", "critic_x")):
            for name in (n for n in one if n.endswith(before)):
                torch.testing.assert_close(one[name], two[name.replace(before, after)])


@each_dual
def test_where_the_logit_is_a_log_ratio_its_mean_under_q_is_told_and_not_minimised(
    dual: Dual,
) -> None:
    q, p = ali_joints()
    critic = Critic(2)
    game = adversarial(dual, q, p, critic, on="x z")["critic"]
    found = of(adversarial(dual, q, p, critic, on="x z"), "critic")
    assert ("logit_x_z" in found) == (dual in (MINIMAX, NON_SATURATING))
    if dual.log_ratio:
        rows = q.trace(X, noise()).values
        torch.testing.assert_close(found["logit_x_z"], critic(rows["x"], rows["z"]).mean())
        assert not found["logit_x_z"].requires_grad
    assert game.minimised(found) == [found["critic_x_z"]]


@each_dual
def test_each_side_is_moved_by_its_own_loss_alone(dual: Dual) -> None:
    game = adversarial(dual, *ali_joints(), Critic(2), on="x z")
    for side, name in (("q", "q(z|x)"), ("p", "p(x|z)")):
        (parameter,) = game["model"].modules[name].parameters()
        (both,) = torch.autograd.grad(total(of(game, "model")), parameter)
        (own,) = torch.autograd.grad(of(game, "model")[f"adversarial_x_z_{side}"], parameter)
        assert (own != 0).any()
        torch.testing.assert_close(both, own)


def test_a_wasserstein_mover_climbs_on_the_model_side_and_descends_on_the_data_side() -> None:
    class Slope(nn.Module):
        def forward(self, at: Tensor) -> Tensor:
            return 3 * at.squeeze(1)

    critic = Slope()
    critic.register_parameter("unused", nn.Parameter(torch.zeros(())))
    for on, name, expected in (("x", "p(x|z)", -3.0), ("z", "q(z|x)", 3.0)):
        q, p = gan_joints() if on == "x" else ali_joints()
        game = adversarial(WASSERSTEIN, q, p, critic, on=on)
        (parameter,) = game["model"].modules[name].parameters()
        (slope,) = torch.autograd.grad(total(of(game, "model")), parameter)
        assert float(slope[1]) == pytest.approx(expected)  # of the shift b


def test_the_critics_losses_do_not_reach_the_movers() -> None:
    game = adversarial(WASSERSTEIN, *ali_joints(), Critic(2), "x z", [unit_slope()])
    loss = total(of(game, "critic"))
    slopes = torch.autograd.grad(loss, game["model"].parameters, materialize_grads=True)
    assert all((slope == 0).all() for slope in slopes)


def test_penalties_are_terms_of_the_critics_own_loss_and_print_beside_it() -> None:
    q, p = gan_joints()
    game = adversarial(
        RELATIVISTIC, q, p, Critic(), penalties=[zero_slope(2.0, "q"), zero_slope(2.0, "p")]
    )
    assert set(of(game, "critic")) == {"critic_x", "r1_x", "r2_x"}
    assert "critic min E log(1 + exp(D(p) − D(q))) + 1·E_q‖∇D‖² + 1·E_p‖∇D‖²;" in str(game)


@pytest.mark.parametrize("norm", [nn.BatchNorm1d, nn.SyncBatchNorm])
def test_a_critic_with_batch_normalisation_and_a_penalty_is_refused_in_one_line(
    norm: Callable[[int], nn.Module],
) -> None:
    q, p = gan_joints()
    critic = nn.Sequential(nn.Linear(1, 2), norm(2), nn.Linear(2, 1))
    with pytest.raises(BadInput, match=r"batch normalisation.*gradient_penalty") as refusal:
        adversarial(WASSERSTEIN, q, p, critic, penalties=[unit_slope()])
    assert "\n" not in str(refusal.value)
    adversarial(NON_SATURATING, q, p, critic)
    layer = nn.Sequential(nn.Linear(1, 2), nn.LayerNorm(2), nn.Linear(2, 1))
    adversarial(WASSERSTEIN, q, p, layer, penalties=[unit_slope()])


def test_the_two_sides_are_never_in_one_critic_batch() -> None:
    class Counting(Critic):
        def __init__(self) -> None:
            super().__init__()
            self.batches: list[int] = []

        def forward(self, *inputs: Tensor) -> Tensor:
            self.batches.append(len(inputs[0]))
            return super().forward(*inputs)

    critic = Counting()
    of(adversarial(NON_SATURATING, *gan_joints(), critic), "critic")
    assert critic.batches == [ROWS, ROWS]


def test_an_autoencoder_and_a_game_on_codes_add_to_an_adversarial_autoencoder() -> None:
    q, p = ali_joints()
    objective = kl(q, p, "x") + adversarial(NON_SATURATING, q, p, Critic(), on="z", moves=3)
    assert list(objective) == ["critic", "model"]
    assert set(of(objective, "model")) == {"nll_x", "adversarial_z"}
    assert set(objective["model"].modules) == {"q(z|x)", "p(x|z)"}
    assert objective["critic"].moves == 3


def test_two_games_keep_both_their_critics() -> None:
    q, p = ali_joints()
    critics = [Critic(), Critic()]
    both = adversarial(NON_SATURATING, q, p, critics[0], on="x") + adversarial(
        NON_SATURATING, q, p, critics[1], on="z"
    )
    moving = {id(p) for player in both.values() for p in player.parameters}
    for critic in critics:
        assert {id(p) for p in critic.parameters()} <= moving


def test_a_match_is_its_statistic_of_the_two_marginals() -> None:
    q, p = ali_joints()
    objective = match(mmd, q, p, on="z", weight=7.0, name="MMD²")
    source = noise()
    made = [joint.trace(X, source, "z").values["z"] for joint in (q, p)]
    torch.testing.assert_close(of(objective, "model")["match_z"], 7 * mmd(made[0], made[1]))
    assert list(objective) == ["model"]
    assert set(objective.modules) == {"q(z|x)"}
    assert str(objective) == "min  7·MMD²( q(z), p(z) )"
