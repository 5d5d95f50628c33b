"""Sequences of unequal lengths in arrays of one length: padding, and a mask that leaves it out.

A VAE needs one code of a fixed width for a whole sequence: the steps are pooled. Mean and maximum
over the steps that exist do not change when more places are added behind them, whatever stands in
these. Over all places they do. Ha & Eck (2017, arXiv 1704.03477) pad; the mask is the library's.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from kullback.data import Space
from kullback.data.strokes import strokes
from kullback.distributions import Noise
from kullback.lab.claim import Words
from kullback.lab.digits import seeded
from kullback.lab.figures import lines
from kullback.lab.outcome import Outcome, Panel, Series
from kullback.models.model import Model
from kullback.models.sequences import sequence_vae
from kullback.objectives import Clock

STROKES = 64
LATENT_DIM = 8
ADDED = (0, 8, 16, 24, 48)
SEED = 73


def padding() -> Outcome:
    """What of a sequence VAE changes with more padding: with the mask, and with all steps counted.

    Places are added behind the 48 there are, and hold zeros or noise.
    """
    points, exists, _ = strokes(STROKES)
    space = Space.of(points, "real", exists)
    x = torch.from_numpy(space.to_model(points, exists)).double()
    mask = torch.from_numpy(exists).double()
    model = seeded(lambda: sequence_vae(space, LATENT_DIM, [32], 1.0, "gaussian", 0.3), SEED)
    for network in model.networks.values():
        network.double()
    code, every_step = _code(model, x, mask), _code(model, x, torch.ones_like(mask))
    changes: dict[str, list[float]] = {"masked": [], "zeros": [], "noise": []}
    for more in ADDED:
        zeros, longer = _with_places(x, more), _with_places(mask, more)
        noise = torch.where(longer[..., None] > 0, zeros, _noise(zeros))
        ones = torch.ones_like(longer)
        changes["masked"].append(_change(code, _code(model, noise, longer)))
        changes["zeros"].append(_change(every_step, _code(model, zeros, ones)))
        changes["noise"].append(_change(every_step, _code(model, noise, ones)))
    losses = _change(_losses(model, x, mask), _losses(model, noise, longer))
    slopes = _change(_slopes(model, x, mask), _slopes(model, noise, longer))
    measured = {
        "code_change_with_mask": max(changes["masked"]),
        "loss_change_with_mask": losses,
        "gradient_change_with_mask": slopes,
        "code_change_without_mask_zeros": changes["zeros"][-1],
        "code_change_without_mask_noise": changes["noise"][-1],
    }
    curves = {name: np.array(values) for name, values in changes.items()}
    return Outcome(measured, {"added": np.array(ADDED), **curves})


def draw_padding(series: Series) -> list[Panel]:
    """The largest change of a code against the number of places added."""
    names = {"noise": "noise, no mask", "zeros": "zeros, no mask", "masked": "noise, mask"}
    curves = {label: (series["added"], series[name]) for name, label in names.items()}
    svg = lines(curves, ("places added", "largest change of a code"), markers=True)
    return [
        Panel(
            svg,
            Words(
                "With the mask a code does not move, however many places are added and whatever "
                "they hold. Pooled over all places it does, even if they hold zeros.",
                "有掩码时，无论补多少位、补什么内容，编码都纹丝不动；"
                "若对所有位置一起做池化，哪怕补的全是零，编码也会变。",
            ),
        )
    ]


def _with_places(rows: Tensor, count: int) -> Tensor:
    """Rows (N, T, …) with ``count`` more places, of zeros."""
    more = torch.zeros(len(rows), count, *rows.shape[2:], dtype=rows.dtype)
    return torch.cat([rows, more], 1)


def _noise(like: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(SEED)
    return torch.randn(like.shape, generator=generator, dtype=like.dtype)


def _code(model: Model, x: Tensor, mask: Tensor) -> Tensor:
    with torch.no_grad():
        return model.encode({"x": x, "mask": mask})


def _losses(model: Model, x: Tensor, mask: Tensor) -> Tensor:
    noise = Noise.seeded(len(x), SEED, dtype=torch.float64)
    clock = Clock(*torch.zeros(3).unbind())
    terms = model.objective["model"].terms({"x": x, "mask": mask}, noise, clock)
    return torch.stack(list(terms.values()))


def _slopes(model: Model, x: Tensor, mask: Tensor) -> Tensor:
    """The loss's gradient in all parameters, end to end."""
    player = model.objective["model"]
    slopes = torch.autograd.grad(_losses(model, x, mask).sum(), player.parameters)
    return torch.cat([each.flatten() for each in slopes])


def _change(before: Tensor, after: Tensor) -> float:
    """The largest difference."""
    return float((before - after).detach().abs().max())
