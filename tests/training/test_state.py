"""The games of the catalogue, and one whose networks change buffers at every look, on points."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from kullback.data import Outline, Space
from kullback.data.batches import Batches
from kullback.distributions import Noise
from kullback.divergences import NON_SATURATING
from kullback.errors import TrainingFailed
from kullback.models.catalogue import find
from kullback.networks import (
    GaussianCode,
    GaussianHead,
    Logit,
    Network,
    PointHead,
    StandardNormal,
    inward,
    mlp,
    outward,
)
from kullback.objectives import (
    Batch,
    Clock,
    Data,
    Factor,
    Follower,
    Joint,
    Objective,
    Player,
    Terms,
    TrainingRows,
    adversarial,
)
from kullback.training import Adam, Column, Rows, Training, play

POINTS = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
SPACE = Space.of(POINTS)
OUTLINE = Outline(SPACE, 64)
BATCH = 8


def built(name: str, **chosen: Any) -> Objective:
    entry = find(name)
    has_layers = "hidden" in entry.settings.model_fields
    layers = {"hidden": [6]} if has_layers else {}
    settings = entry.settings.model_validate({"latent_dim": 2, **layers, **chosen})
    return entry.build(OUTLINE, entry.resolve(settings, OUTLINE), {}).objective


def buffered() -> Objective:
    """A GAN with batch statistics in its generator and spectral norms in its critic."""
    body = nn.Sequential(
        nn.Linear(2, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 3), nn.Unflatten(1, (1, 3))
    )
    generator = Network(body, PointHead(SPACE))
    judge = nn.Sequential(
        spectral_norm(nn.Linear(3, 6)), nn.LeakyReLU(), spectral_norm(nn.Linear(6, 1))
    )
    p = Joint("p", Factor("z", StandardNormal(2)), Factor("x", generator, given="z"))
    game = adversarial(NON_SATURATING, Joint("q", Data("x")), p, Logit(judge), moves=2)
    return game.followed({"p(x|z)": Follower(generator, 0.9)})


class Pair(nn.Module):
    """A critic of x and z side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.body = mlp(5, [6], 1)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        number: Tensor = self.body(torch.cat([x, z], 1))
        return number


def ali() -> Objective:
    encoder = Network(inward(SPACE, [6], 4), GaussianCode())
    decoder = Network(outward(SPACE, [6], 2), GaussianHead(SPACE))
    q = Joint("q", Data("x"), Factor("z", encoder, given="x"))
    p = Joint("p", Factor("z", StandardNormal(2)), Factor("x", decoder, given="z"))
    return adversarial(NON_SATURATING, q, p, Logit(Pair()), on="x z")


OBJECTIVES: dict[str, Callable[[], Objective]] = {
    "vae": lambda: built("vae"),
    "ae": lambda: built("ae"),
    "gan": lambda: built("gan", moves=2),
    "wgan-gp": lambda: built("wgan-gp", moves=2),
    "aae": lambda: built("aae"),
    "buffered": buffered,
    "ali": ali,
}
each = pytest.mark.parametrize("name", OBJECTIVES)
GAMES = ["gan", "wgan-gp", "aae", "buffered", "ali"]


def optimisers(
    objective: Objective, lr: float = 1e-2, clip: float | None = None
) -> dict[str, Adam]:
    return {name: Adam(lr, (0.5, 0.9), clip) for name in objective}


def rows_of(values: np.ndarray[Any, Any], space: Space, order: Batches) -> Rows:
    return Rows({"x": Column(torch.from_numpy(values), lambda x: space.to_model(x).float())}, order)


def train_on(objective: Objective, seed: int = 0, lr: float = 1e-2, **options: Any) -> Training:
    rows = rows_of(POINTS, SPACE, Batches(len(POINTS), BATCH, seed))
    return Training(objective, optimisers(objective, lr), rows, seed, **options)


def training(name: str, seed: int = 0, init: int = 0, **options: Any) -> Training:
    with torch.random.fork_rng():
        torch.manual_seed(init)
        objective = OBJECTIVES[name]()
    return train_on(objective, seed, **options)


def play_on(run: Training, rounds: int, of: int = 10) -> Training:
    for _ in range(rounds):
        run.play_round(run.step / of)
    return run


def copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in tensors.items()}


def changed(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("mover", ["critic", "model"])
def test_a_move_changes_the_movers_whole_state_and_nothing_else(name: str, mover: str) -> None:
    run = training(name)
    before = copied(run.state())
    play(
        run.objective,
        run.optimisers,
        {mover: run.moments[mover]},
        [run.rows.batch(k) for k in range(run.objective[mover].moves)],
        Noise.seeded(BATCH, 0),
        Clock(*torch.zeros(3).unbind()),
        {mover: torch.tensor(1e-2)},
        torch.float32,
    )
    theirs = {f"module/{m}/" for m in run.objective[mover].modules} | {f"moments/{mover}/"}
    allowed = {key for key in before if key.startswith(tuple(theirs))}
    found = changed(before, run.state())
    assert found <= allowed
    moving = ("weight", "original", "running_mean", "steps.0")
    assert {key for key in allowed if key.endswith(moving)} <= found


def test_a_look_at_the_others_does_change_their_buffers_or_the_test_above_would_be_empty() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        objective = OBJECTIVES["buffered"]()
    (critic,) = objective["critic"].modules.values()
    before = copied(dict(critic.named_buffers()))
    objective["model"].terms({}, Noise.seeded(BATCH, 0), Clock(*torch.zeros(3).unbind()))
    assert changed(before, dict(critic.named_buffers()))


def closing_with_batch_statistics() -> tuple[Training, nn.Module]:
    entry = find("ae")
    body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    settings = entry.resolve(entry.settings.model_validate({"latent_dim": 2}), OUTLINE)
    return play_on(train_on(entry.build(OUTLINE, settings, {"encoder": body}).objective), 2), body


def test_a_closing_move_changes_only_what_it_sets() -> None:
    run, body = closing_with_batch_statistics()
    before = copied(run.state())
    run.close()
    assert changed(before, run.state()) == {"module/p(z)/loc", "module/p(z)/scale_tril"}
    assert body.training


def test_the_prior_is_fitted_to_the_codes_that_encoding_will_give() -> None:
    run, body = closing_with_batch_statistics()
    expected = copy.deepcopy(body).eval()(SPACE.to_model(torch.from_numpy(POINTS))).detach()
    run.close()
    torch.testing.assert_close(run.state()["module/p(z)/loc"], expected.mean(0))


@each
def test_a_training_that_is_loaded_halfway_goes_on_to_the_same_bytes(name: str) -> None:
    whole = play_on(training(name), 6)
    half = play_on(training(name), 3)
    state, counters = copied(half.state()), half.counters()
    again = training(name, init=99)
    again.load(state, counters)
    assert changed(state, again.state()) == set()
    play_on(again, 3)
    assert changed(whole.state(), again.state()) == set()
    assert whole.counters() == {**again.counters(), "seconds": whole.seconds}
    assert whole.ledger.read() == again.ledger.read()
    for run in (whole, again):
        run.close()
    assert changed(whole.state(), again.state()) == set()


@each
def test_what_is_loaded_does_not_stay_tied_to_what_it_was_loaded_from(name: str) -> None:
    state = copied(play_on(training(name), 1).state())
    run = training(name)
    run.load(state, play_on(training(name), 1).counters())
    kept = copied(state)
    play_on(run, 1)
    assert changed(kept, state) == set()


@each
def test_a_training_is_a_function_of_its_seed_and_of_no_global_random_state(name: str) -> None:
    first = play_on(training(name, seed=3), 3)
    torch.manual_seed(1234)
    before = torch.get_rng_state()
    again = play_on(training(name, seed=3), 3)
    assert torch.equal(torch.get_rng_state(), before)
    assert changed(first.state(), again.state()) == set()
    other = play_on(training(name, seed=4), 3)
    assert changed(first.state(), other.state())


def recorded(seed: int) -> tuple[Training, list[tuple[Tensor, Tensor]]]:
    """A training whose player writes down the batch and the noise of each move."""
    module, seen = nn.Linear(1, 1), []

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        seen.append((batch["x"], noise.normal(4)))
        return {"size": module.weight.square().sum() + module.bias.square().sum()}

    return train_on(Objective({"model": Player({"m": module}, terms, moves=2)}, "m"), seed), seen


def test_batches_and_noise_are_functions_of_the_seed_and_the_round() -> None:
    runs, seen = zip(*[recorded(seed) for seed in (0, 0, 1)], strict=True)
    for run in runs:
        play_on(run, 5)
    for pair, again in zip(seen[0], seen[1], strict=True):
        assert torch.equal(pair[0], again[0])
        assert torch.equal(pair[1], again[1])
    flat = [tuple(pair[i].flatten().tolist()) for pair in seen[0] for i in (0, 1)]
    assert len(set(flat)) == len(flat) == 20
    assert not torch.equal(seen[0][0][0], seen[2][0][0])
    assert not torch.equal(seen[0][0][1], seen[2][0][1])


def test_rounds_that_were_loaded_see_the_batches_and_noise_they_would_have_seen() -> None:
    whole, all_seen = recorded(0)
    play_on(whole, 5)
    late, seen = recorded(0)
    half = play_on(recorded(0)[0], 3)
    late.load(copied(half.state()), half.counters())
    play_on(late, 2)
    for (batch, noise), (expected, other) in zip(seen, all_seen[6:], strict=True):
        assert torch.equal(batch, expected)
        assert torch.equal(noise, other)


def test_an_epoch_of_moves_sees_every_row_once() -> None:
    run = train_on(Objective({}, ""))
    rows = torch.cat([run.rows.batch(k)["x"] for k in range(15)])  # 15·8 = two epochs of 60
    once = torch.cat([batch["x"] for batch in run.rows.all()])
    counts = (rows[:, None] == once[None]).all(-1).sum(0)
    assert (counts == 2).all()
    torch.testing.assert_close(once, SPACE.to_model(torch.from_numpy(POINTS)))


@pytest.mark.parametrize(("name", "batches"), [("gan", 2), ("wgan-gp", 2), ("aae", 2), ("vae", 1)])
def test_only_who_observes_draws_rows(name: str, batches: int) -> None:
    run = play_on(training(name), 3)
    assert run.batches_drawn == 3 * batches
    assert run.samples == 3 * batches * BATCH


def steady() -> tuple[Objective, nn.Linear]:
    """Minimise Σ |θ|, whatever the batch."""
    module = nn.Linear(2, 2, bias=False)
    player = Player({"m": module}, lambda *_: {"size": module.weight.abs().sum()})
    return Objective({"model": player}, "min"), module


def test_a_figure_is_reported_and_changes_no_weight() -> None:
    objective, module = steady()
    plain = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    kept = play_on(train_on(objective), 2).state()["module/m/weight"].clone()
    module.load_state_dict(plain)

    def terms(*_: object) -> dict[str, Tensor]:
        return {"size": module.weight.abs().sum(), "told": -100 * module.weight.abs().sum()}

    player = Player({"m": module}, terms, figures=frozenset(["told"]))
    run = play_on(train_on(Objective({"model": player}, "min")), 2)
    assert torch.equal(run.state()["module/m/weight"], kept)
    found = run.ledger.read()
    assert found["model/told"] == pytest.approx(-100 * found["model/size"])


def test_the_rate_falls_as_a_cosine_of_progress_to_zero() -> None:
    # Adam with steady gradient signs moves each parameter by its rate.
    for progress, share in ((0.0, 1.0), (0.5, 0.5), (1.0, 0.0), (1 / 3, 0.75)):
        objective, module = steady()
        before = module.weight.detach().clone()
        train_on(objective, lr=1e-3).play_round(progress)
        moved = (before - module.weight.detach()).abs()
        torch.testing.assert_close(moved, torch.full((2, 2), 1e-3 * share), atol=1e-6, rtol=1e-3)


def test_several_moves_of_a_player_are_reported_as_their_mean() -> None:
    sizes: list[float] = []
    module = nn.Linear(1, 1)

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        size = module.weight.square().sum() + module.bias.square().sum()
        sizes.append(float(size.detach()))
        return {"size": size}

    run = train_on(Objective({"model": Player({"m": module}, terms, moves=3)}, "m"))
    play_on(run, 2)
    assert run.ledger.read()["model/size"] == pytest.approx(sum(sizes) / 6)
    assert len(set(sizes)) == 6
    run.ledger.clear()
    play_on(run, 1)
    assert run.ledger.read()["model/size"] == pytest.approx(sum(sizes[6:]) / 3)


def test_the_clock_says_the_rounds_the_rows_and_the_share_behind() -> None:
    seen: list[list[float]] = []
    module = nn.Linear(1, 1)

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        seen.append([float(clock.step), float(clock.samples), float(clock.progress)])
        return {"size": module.weight.sum() + module.bias.sum()}

    play_on(train_on(Objective({"model": Player({"m": module}, terms)}, "m")), 3, of=4)
    assert seen == [[0, 0, 0], [1, BATCH, 0.25], [2, 2 * BATCH, 0.5]]


def breaking(module: nn.Module, term: float = 0.0, steep: bool = False, at: int = 2) -> Player:
    """A player whose loss becomes ``term``, or its slope infinite, from round ``at`` on."""

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        size = torch.stack([p.sum() for p in module.parameters()]).sum()
        size = size - size.detach()
        if clock.step < at:
            return {"energy": size, "calm": size}
        return {"energy": (size.sqrt() if steep else size) + term, "calm": size}

    return Player({"m": module}, terms)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_fails_when_it_is_read_naming_player_term_and_step(
    bad: float,
) -> None:
    player = breaking(nn.Linear(1, 1), term=bad)
    run = train_on(Objective({"critic": player}, ""))
    play_on(run, 2)
    run.ledger.read()
    play_on(run, 3)  # nothing is raised before it is read
    with pytest.raises(TrainingFailed, match=r"player critic: energy .* from step 3 on") as failure:
        run.ledger.read()
    assert "\n" not in str(failure.value)
    assert failure.value.exit_code == 3


def test_a_gradient_that_is_not_finite_fails_where_the_losses_are() -> None:
    player = breaking(nn.Linear(1, 1), steep=True)
    run = train_on(Objective({"model": player}, ""))
    play_on(run, 3)
    with pytest.raises(TrainingFailed, match=r"player model: gradient norm .* from step 3 on"):
        run.ledger.read()


def test_the_player_who_broke_first_in_a_round_is_named_and_not_whom_it_broke() -> None:
    shared = nn.Linear(1, 1)
    critic = breaking(shared, steep=True)

    def follows(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        return {"score": own.weight.sum() * shared.weight.detach().sum() + own.bias.sum()}

    own = nn.Linear(1, 1)
    run = train_on(Objective({"critic": critic, "model": Player({"own": own}, follows)}, ""))
    play_on(run, 3)
    with pytest.raises(TrainingFailed, match="player critic: gradient norm"):
        run.ledger.read()


def test_after_a_failure_was_cleared_and_loaded_back_training_reads_well_again() -> None:
    run = train_on(Objective({"model": breaking(nn.Linear(1, 1), term=math.nan)}, ""))
    play_on(run, 2)
    state, counters = copied(run.state()), run.counters()
    play_on(run, 1)
    run.load(state, counters)
    assert math.isfinite(run.ledger.read()["model/energy"])


@pytest.mark.parametrize("name", ["vae", "gan", "wgan-gp", "aae"])
def test_half_precision_runs_stays_finite_and_is_near_to_single(name: str) -> None:
    half = play_on(training(name, precision=torch.bfloat16), 4)
    found, single = half.ledger.read(), play_on(training(name), 4).ledger.read()
    assert all(tensor.dtype != torch.bfloat16 for tensor in half.state().values())
    assert found.keys() == single.keys()
    for key in (key for key in found if not key.endswith("gradient_norm")):
        assert found[key] == pytest.approx(single[key], rel=0.1, abs=0.1)
    assert found != single


def test_a_parameter_that_does_not_ask_for_gradients_stays_and_the_rest_learns() -> None:
    entry = find("vae")
    body = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 4))
    body[0].requires_grad_(False)
    settings = entry.resolve(
        entry.settings.model_validate({"latent_dim": 2, "hidden": [6]}), OUTLINE
    )
    objective = entry.build(OUTLINE, settings, {"encoder": body}).objective
    before = copied(dict(body.named_parameters()))
    play_on(train_on(objective), 2)
    assert changed(before, dict(body.named_parameters())) == {"2.weight", "2.bias"}


def test_a_parameter_that_has_no_hand_in_the_loss_stays() -> None:
    module, idle = nn.Linear(1, 1), nn.Linear(1, 1)
    player = Player(
        {"m": module, "idle": idle}, lambda *_: {"a": module.weight.sum() + module.bias.sum()}
    )
    before = copied(idle.state_dict())
    play_on(train_on(Objective({"model": player}, "")), 2)
    assert changed(before, idle.state_dict()) == set()


def test_a_parameter_that_two_modules_share_moves_once() -> None:
    encoder, decoder = nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)
    decoder.weight = encoder.weight
    player = Player({"q": encoder, "p": decoder}, lambda *_: {"a": encoder.weight.square().sum()})
    before = encoder.weight.detach().clone()
    train_on(Objective({"model": player}, ""), lr=1e-3).play_round(0.0)
    moved = before - encoder.weight.detach()
    torch.testing.assert_close(moved, 1e-3 * before.sign(), atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("name", ["vae", "ae", "aae", "gan", "wgan-gp"])
def test_the_moments_of_convolutional_players_hold_their_gradients(name: str) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, size=(8, 16, 16, 3), dtype=np.uint8)
    space = Space.of(pictures)
    entry = find(name)
    outline = Outline(space, 64)
    chosen = entry.resolve(entry.settings.model_validate({}), outline)
    chosen = chosen.model_copy(update={"moves": 1})
    objective = entry.build(outline, chosen, {}).objective
    rows = rows_of(pictures, space, Batches(8, 4, 0))
    adam = {player: Adam(1e-3, (0.0, 0.9)) for player in objective}
    run = Training(objective, adam, rows, 0)
    first = next(iter(run.moments))
    terms = objective[first].terms(
        rows.batch(0), Noise.seeded(4, 0, 0), Clock(*torch.zeros(3).unbind())
    )
    total = torch.stack(list(terms.values())).sum()
    gradients = torch.autograd.grad(total, run.moments[first].parameters)
    run.play_round(0.0)
    for moment, gradient in zip(run.moments[first].first, gradients, strict=True):
        torch.testing.assert_close(moment, gradient)


def test_an_exact_player_who_is_alone_moves_once_and_gradients_move_nobody() -> None:
    solved: list[int] = []
    module = nn.Linear(3, 1)

    def solve(rows: TrainingRows) -> None:
        solved.append(sum(len(batch["x"]) for batch in rows()))
        nn.init.constant_(module.weight, 7.0)

    player = Player({"m": module}, lambda *_: {"size": module.weight.sum()}, solve=solve)
    run = train_on(Objective({"model": player}, ""))
    bias = module.bias.detach().clone()
    play_on(run, 3)
    run.close()
    assert solved == [len(POINTS)]
    assert torch.equal(module.bias, bias)
    assert run.ledger.read() == {"model/size": 21.0}
    assert (run.step, run.moments) == (3, {})


def test_followers_move_after_every_round() -> None:
    run = training("gan")
    follower = run.objective.followers["p(x|z)"]
    assert isinstance(follower, Follower)
    by_hand = copy.deepcopy(follower.module)
    for step in range(1, 4):
        play_on(run, 1)
        decay = min(follower.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, now in zip(by_hand.parameters(), follower.source.parameters(), strict=True):
                mean.copy_(decay * mean + (1 - decay) * now)
    for mean, own in zip(by_hand.parameters(), follower.module.parameters(), strict=True):
        torch.testing.assert_close(mean, own)


def test_what_a_network_draws_itself_is_apart_from_the_base_noise() -> None:
    drawn: list[tuple[Tensor, Tensor]] = []
    module = nn.Linear(1, 1)

    def terms(batch: Batch, noise: Noise, clock: Clock) -> Terms:
        drawn.append((noise.normal(BATCH), torch.randn(BATCH)))
        return {"size": module.weight.sum()}

    play_on(train_on(Objective({"model": Player({"m": module}, terms)}, "m")), 2)
    for base, own in drawn:
        assert not torch.equal(base, own)


def test_a_pass_over_the_rows_holds_rows_that_do_not_correspond_over_again() -> None:
    few = POINTS[:7]
    unpaired = Column(torch.from_numpy(few), SPACE.to_model, Batches(7, 4, 1))
    both = {"x": Column(torch.from_numpy(POINTS), SPACE.to_model), "source": unpaired}
    rows = Rows(both, Batches(len(POINTS), BATCH, 0))
    (whole,) = rows.all()
    assert len(whole["x"]) == len(whole["source"]) == len(POINTS)
    torch.testing.assert_close(whole["source"][7:14], SPACE.to_model(torch.from_numpy(few)))
    assert set(rows.batch(0)) == {"x", "source"}
