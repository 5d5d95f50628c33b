from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from kullback.data import Space
from kullback.distributions import Noise, draw
from kullback.evaluation.likelihood import likelihood
from kullback.models.model import Model
from kullback.models.sequences import sequence_vae
from kullback.objectives import Clock
from kullback.runs.making import make

N, T, F, LEVELS = 8, 10, 2, 5
RNG = np.random.default_rng(0)
LENGTHS = np.array([1, 2, 3, 5, 10, 9, 4, 7])
MASK = np.arange(T) < LENGTHS[:, None]
POINTS = RNG.normal(3, 2, (N, T, F))
TOKENS = RNG.integers(0, LEVELS, (N, T))
SPACES = {"points": Space.of(POINTS, mask=MASK), "tokens": Space.of(TOKENS, mask=MASK)}
each_kind = pytest.mark.parametrize("kind", SPACES)
CLOCK = Clock(*torch.ones(3).unbind())


def model(kind: str, **settings: Any) -> Model:
    torch.manual_seed(0)
    law = "gaussian" if kind == "points" else "categorical"
    chosen: dict[str, Any] = {
        "latent_dim": 3,
        "hidden": [8],
        "beta": 1.0,
        "likelihood": law,
        "scale": None,
    }
    built = sequence_vae(SPACES[kind], **(chosen | settings))
    for network in built.networks.values():
        network.double()
    return built


def batch(kind: str, more: int = 0, value: float = 0.0) -> dict[str, Tensor]:
    """The rows with ``more`` padding, and a ``value`` in all of it."""
    rows = POINTS if kind == "points" else TOKENS
    x = torch.from_numpy(SPACES[kind].to_model(rows, MASK)).double()
    x = torch.nn.functional.pad(x, (0, 0, 0, more))
    mask = torch.nn.functional.pad(torch.from_numpy(MASK).double(), (0, more))
    return {"x": torch.where(mask[..., None] > 0, x, value), "mask": mask}


def terms(built: Model, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    noise = Noise.seeded(N, 0, dtype=torch.float64)
    return built.objective["model"].terms(given, noise, CLOCK)


@each_kind
@pytest.mark.parametrize(("more", "value"), [(0, 9.0), (15, 0.0), (15, -7.0)])
def test_padding_changes_neither_codes_nor_terms_nor_likelihoods(
    kind: str, more: int, value: float
) -> None:
    built, plain, other = model(kind), batch(kind), batch(kind, more, value)
    with torch.no_grad():
        torch.testing.assert_close(built.encode(other), built.encode(plain), rtol=0, atol=1e-6)
        found, again = terms(built, plain), terms(built, other)
        assert list(found) == ["nll_x", "nll_mask", "kl_z"]
        for name in found:
            torch.testing.assert_close(again[name], found[name], rtol=0, atol=1e-6)
    first, second = (likelihood(built.q, built.p, [b], 8, 0) for b in (plain, other))
    np.testing.assert_allclose(second.estimate, first.estimate, rtol=0, atol=1e-6)


@each_kind
def test_the_terms_are_the_steps_the_length_and_the_code(kind: str) -> None:
    """Summed by hand, step by step, in the units of the data."""
    built, rows = model(kind), batch(kind)
    found = terms(built, rows)
    trace = built.q.trace(rows, Noise.seeded(N, 0, dtype=torch.float64))
    q, z = trace.distributions["z"], trace.values["z"]
    decoder, length = built.networks["p(x|z, mask)"], built.networks["p(mask|z)"]
    numbers = decoder.body(z, rows["mask"]).squeeze(1)  # type: ignore[operator]
    steps = torch.zeros(N).double()
    space = SPACES[kind]
    for row, count in enumerate(LENGTHS):
        for t in range(count):
            if kind == "tokens":
                steps[row] += numbers[row, t].log_softmax(-1)[TOKENS[row, t]]
            else:
                mean = numbers[row, t] * space.scale + torch.tensor(space.shift)
                error = torch.from_numpy(POINTS[row, t]) - mean
                sigma = 0.3 * space.scale
                steps[row] -= (
                    0.5 * (error / sigma) ** 2 + np.log(sigma * np.sqrt(2 * np.pi))
                ).sum()
    torch.testing.assert_close(found["nll_x"], -steps.mean(), rtol=1e-5, atol=1e-5)
    mass = length.body(z).log_softmax(-1)  # type: ignore[operator]
    picked = mass[torch.arange(N), torch.from_numpy(LENGTHS) - 1]
    torch.testing.assert_close(found["nll_mask"], -picked.mean())
    divergence = 0.5 * (q.mean**2 + q.variance - q.variance.log() - 1).sum(-1).mean()
    torch.testing.assert_close(found["kl_z"], divergence)


@each_kind
def test_the_importance_weights_of_x_and_mask_average_to_their_probability(kind: str) -> None:
    """Against draws from the prior, which need no encoder: p(x, mask) = E_p(z) p(mask|z) p(x|z)."""
    built = model(kind, latent_dim=1, scale=None if kind == "tokens" else 3.0)
    rows = {name: value[:3] for name, value in batch(kind).items()}
    found = likelihood(built.q, built.p, [rows], 4000, 0)
    z = torch.linspace(-6, 6, 4001).double()[:, None]
    with torch.no_grad():
        prior = -0.5 * z.squeeze(-1) ** 2 - 0.5 * np.log(2 * np.pi) + np.log(12 / 4000)
        exact = []
        for x, mask in zip(rows["x"], rows["mask"], strict=True):
            masks = mask.expand(len(z), -1)
            law = built.networks["p(x|z, mask)"](z, masks)
            length = built.networks["p(mask|z)"](z)
            exact.append((prior + law.log_prob(x) + length.log_prob(masks)).logsumexp(0))
    gap = np.abs(found.estimate - torch.stack(exact).numpy())
    assert (gap < 4 * found.mc_error + 1e-3).all()


@each_kind
def test_samples_have_as_many_steps_as_their_mask_says_and_nothing_after(kind: str) -> None:
    built = model(kind)
    for how in ("mean", "draw"):
        made = make(built.p, {}, Noise.seeded(50, 0, dtype=torch.float64), how)
        missing = np.ma.getmaskarray(made)
        assert made.shape == (50, *SPACES[kind].model_shape)
        assert (missing == missing[..., :1]).all()
        lengths = (~missing[..., 0]).sum(1)
        assert len(set(lengths)) > 1
        assert (np.arange(T) >= lengths[:, None]).tolist() == missing[..., 0].tolist()
        assert not np.ma.getdata(made)[missing].any()


def test_the_mean_is_of_the_likeliest_length_and_a_given_mask_is_kept() -> None:
    built, z = model("points"), torch.randn(N, 3).double()
    p = built.p.given("z")
    noise = Noise.seeded(N, 0, dtype=torch.float64)
    made = make(p, {"z": z}, noise, "mean")
    likeliest = built.networks["p(mask|z)"](z).log_mass.argmax(-1) + 1
    assert (~np.ma.getmaskarray(made)[..., 0]).sum(1).tolist() == likeliest.tolist()
    own = make(p.given("mask"), {"z": z, "mask": torch.from_numpy(MASK).double()}, noise, "mean")
    assert np.array_equal(~np.ma.getmaskarray(own)[..., 0], MASK)


def test_beta_weighs_the_code_and_the_formula_says_so() -> None:
    heavy, plain = model("points", beta=4.0), model("points")
    torch.testing.assert_close(
        terms(heavy, batch("points"))["kl_z"], 4 * terms(plain, batch("points"))["kl_z"]
    )
    assert "4·E_q KL(q(z|x, mask) ‖ p(z))" in str(heavy.objective)


def test_a_draw_of_x_under_its_own_law_scores_its_steps_only() -> None:
    built, rows = model("points"), batch("points")
    law = built.networks["p(x|z, mask)"](torch.zeros(N, 3).double(), rows["mask"])
    x = draw(law, Noise.seeded(N, 0, dtype=torch.float64))
    assert torch.equal((x.abs().sum(-1) > 0).double(), rows["mask"])
