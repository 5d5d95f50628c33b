"""What an autoencoder can do with rows, draws and codes that it has not seen.

Three things are called generalising: to reconstruct a new row; to decode a draw of the prior; to
decode a code between two others. For the first, the error on held-out rows is laid beside that on
the rows learnt from. For the other two a judge, a classifier of real digits, says of how many
pictures it is sure (probability over .9), beside the same share of real rows.
"""

from __future__ import annotations

import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.lab.claim import Words
from kullback.lab.digits import (
    HIDDEN,
    digits,
    framed,
    held_out,
    judge,
    learnt,
    seeded,
    shown,
    taught,
)
from kullback.lab.draws import drawn
from kullback.lab.figures import pictures
from kullback.lab.learn import tensor
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.models.autoencoders import ae
from kullback.models.model import Model
from kullback.models.variational import vae

DIMENSIONS = 16
SAMPLES = 400
SURE = 0.9


def three_ways_to_generalise(seed: int) -> Outcome:
    """Held-out reconstruction, draws and midpoints, of an autoencoder and of a VAE beside it."""
    space = digits().space
    models = {
        "ae": seeded(lambda: ae(space, DIMENSIONS, HIDDEN), seed),
        "vae": seeded(lambda: vae(space, DIMENSIONS, HIDDEN, 1.0, "gaussian", None), seed),
    }
    real = _sure(held_out(), seed)
    measured = {"real_sure": real}
    made = {"real": held_out()}
    for name, model in models.items():
        taught(model.objective, seed)
        codes = _codes(model, held_out())
        made |= {
            f"{name} reconstructed": _decoded(model, codes),
            f"{name} drawn": drawn(model.p, Noise.seeded(SAMPLES, seed, 1), mean=True),
            f"{name} midpoints": _decoded(model, _midpoints(codes, seed)),
        }
        measured |= {
            f"{name}_{key}_over_real": _sure(made[f"{name} {key}"], seed) / real
            for key in ("reconstructed", "drawn", "midpoints")
        }
        seen = _error(_decoded(model, _codes(model, learnt())), learnt())
        error = _error(made[f"{name} reconstructed"], held_out())
        measured[f"{name}_error_over_training"] = error / seen
        measured[f"{name}_error_over_variance"] = error / float(held_out().var(0).mean())
    return Outcome(measured, {name: rows[:10, 0] for name, rows in made.items()})


def draw_three_ways_to_generalise(series: Series) -> list[Panel]:
    """Held-out rows, what is made of them, draws and midpoints."""
    names = ("real", "ae reconstructed", "ae drawn", "ae midpoints", "vae drawn", "vae midpoints")
    labels = ("real", "AE", "AE, z~p", "AE, mid", "VAE, z~p", "VAE, mid")
    rows = [framed(series[name]) for name in names]
    return [
        Panel(
            pictures(rows, labels, size=(5.2, 2.9)),
            Words(
                "Rows that the autoencoder never saw, and its reconstructions, which are as good "
                "as those of the rows it learnt. Draws and midpoints are where it fails.",
                "AE 从未见过的图片及其重构：与训练图片重构得一样好。失败的是采样与中点插值。",
            ),
        )
    ]


def _sure(rows: Array, seed: int) -> float:
    """The share of pictures that the judge gives some class a probability over .9."""
    return float((judge(seed).probabilities(shown(rows)).max(1) > SURE).mean())


def _error(made: Array, rows: Array) -> float:
    return float(((made - rows) ** 2).mean())


@torch.no_grad()
def _codes(model: Model, rows: Array) -> Tensor:
    return model.encode({"x": tensor(rows)})


@torch.no_grad()
def _decoded(model: Model, codes: Tensor) -> Array:
    mean: Tensor = model.networks["p(x|z)"](codes).mean
    return mean.numpy()


def _midpoints(codes: Tensor, seed: int) -> Tensor:
    """Half way between each code and that of another row."""
    order = torch.randperm(len(codes), generator=torch.Generator().manual_seed(seed))
    return (codes + codes[order]) / 2
