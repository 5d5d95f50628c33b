"""Two data sets: the mathematics of the toys, and the drawing of a map."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from kullback.divergences import closed_form_kl
from kullback.lab.claims import variant_one, variant_two
from kullback.lab.exact.grid import js, normal
from kullback.lab.experiments import codes, copies, translations
from kullback.lab.experiments.two_sets import LINE, bumps, draw_map
from kullback.lab.experiments.two_sets import normal as normal_rows
from kullback.networks import across


def test_a_mixture_of_y_and_noise_has_the_density_of_its_draws() -> None:
    rng = np.random.default_rng(0)
    drawn = 0.8 * bumps(rng, 200_000) + 0.6 * normal_rows(rng, 200_000)
    heights, edges = np.histogram(drawn, np.linspace(-5, 5, 41), density=True)
    middle = (edges[1:] + edges[:-1]) / 2
    assert copies._bumps_density(middle, 0.8, 0.6) == pytest.approx(heights, abs=0.01)


def test_only_the_copy_of_a_bimodal_y_is_without_cost() -> None:
    x = np.linspace(-8, 8, 2001)
    data = copies._bumps_density(x, 1, 0)
    cost = [js(x, copies._bumps_density(x, np.cos(t), np.sin(t)), data) for t in (0, 0.3, 0.9, 1.5)]
    assert cost[0] == 0
    assert np.all(np.diff(cost) > 0.005)
    assert js(x, normal(x, 0, float(np.hypot(0.6, 0.8))), normal(x, 0, 1)) == pytest.approx(0)


@pytest.mark.parametrize("alpha", [0.0, 0.4, 0.95])
def test_joints_of_linear_networks_are_the_law_of_their_draws(alpha: float) -> None:
    for given in (0, 1):
        joint = codes._linear(alpha, given)
        expected = torch.tensor([[1, alpha], [alpha, 1]], dtype=torch.float64)
        assert torch.allclose(joint.covariance_matrix, expected)
    away = closed_form_kl(codes._linear(alpha, 0), codes._linear(alpha / 2 + 0.3, 1))
    assert away is not None
    assert float(away) > 1e-3


def test_the_cost_of_a_map_is_that_of_its_draws() -> None:
    y = np.random.default_rng(0).normal(size=400_000)
    for slope in (2.0, -2.0):
        expected = ((slope * y + 5 - y) ** 2).mean()
        assert translations._cost(slope, 5.0) == pytest.approx(expected, rel=0.01)


def test_a_map_that_is_set_is_the_map() -> None:
    body = across(LINE, LINE, [])
    translations._set(body, -2.0, 5.0)
    with torch.no_grad():
        assert body(torch.tensor([[0.0], [1.0]])).flatten().tolist() == [5.0, 3.0]


def test_points_on_the_circle_are_on_it() -> None:
    angle = np.linspace(0, 6, 50)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert translations._off(circle) == pytest.approx(0)
    assert translations._off(1.5 * circle) == pytest.approx(0.5)


def test_a_drawn_map_names_what_it_shows() -> None:
    rng = np.random.default_rng(0)
    given, law = normal_rows(rng, 200), bumps(rng, 200)
    svg = draw_map(given, {"one": law, "other": -law}, law, ("in", "out"), same=True)
    for word in ("one", "other", "same", "in", "out"):
        assert re.search(rf">\s*{word}\s*<", svg)


def test_a_wrong_claim_comes_with_what_is_true() -> None:
    claims = (*variant_one.CLAIMS, *variant_two.CLAIMS)
    assert len(claims) == 9
    assert all(claim.neural and claim.figure for claim in claims)
    corrected = {claim.id for claim in claims if claim.correction}
    assert corrected == {f"B3-V{v}" for v in ("1a", "1d", "2a", "2b", "2c")}
