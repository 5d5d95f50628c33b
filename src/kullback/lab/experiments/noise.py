"""How much noise a code keeps: what it costs, and what a VAE does with it while it learns.

A decoder g that reads μ + σε instead of μ errs, where σ is small, by

    E ‖g(μ + σε) − x‖² = ‖g(μ) − x‖² + σ² [‖J‖² + (g(μ) − x)·Δg] + O(σ⁴),

J the Jacobian of g at μ and Δg the Laplacian of each of its coordinates; for an affine g the first
two terms are all. So noise costs where the decoder listens, J ≠ 0: it has to where there are two
pictures to tell apart, and need not where there is one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.autograd.functional import hessian, jacobian

from kullback.evaluation.latent import noise_ratio
from kullback.lab.claim import Words
from kullback.lab.experiments.moon import HALF_AND_FULL, Trained, pictures, vae_of_the_moon
from kullback.lab.figures import lines
from kullback.lab.learn import weights
from kullback.lab.outcome import Array, Outcome, Panel, Series
from kullback.networks import mlp

SMALL = 0.02
LARGE = 1.0


def cost_of_noise() -> Outcome:
    """The mean error of decoders that are constant, affine and curved, by quadrature over ε."""
    half, full = pictures(HALF_AND_FULL).reshape(2, -1).astype(np.float64)
    with weights(0):
        constant = mlp(2, [16], len(half)).double()
    with torch.no_grad():
        *_, weight, bias = constant.parameters()
        weight.zero_()
        bias.copy_(torch.from_numpy(half))
    spread = float((((half + full) / 2 - half) ** 2).sum())

    with weights(0):
        affine, curved = mlp(2, [], 5).double(), mlp(2, [16], 5).double()
    x, noises = np.linspace(-1, 1, 5), np.geomspace(SMALL, LARGE, 30)
    at_rest, slopes, bends = _expansion(affine, x)
    straight = np.array([_errors(affine, x, s) for s in noises])
    straight -= at_rest + noises**2 * (slopes + bends)
    at_rest, slopes, bends = _expansion(curved, x)
    cost = np.array([_errors(curved, x, s) - at_rest for s in noises])
    left = [
        abs(_errors(curved, x, s) - at_rest - s**2 * (slopes + bends)) for s in (SMALL, SMALL / 2)
    ]
    measured = {
        "error_of_one_picture_at_noise_1": _errors(constant, half, LARGE),
        "least_error_of_two_pictures_unheard": spread,
        "affine_off_the_formula": float(np.abs(straight).max()),
        "order_of_what_the_formula_leaves": float(np.log2(left[0] / left[1])),
    }
    found = {"slopes": np.array(slopes), "curvature": np.array(bends)}
    return Outcome(measured, {"noise": noises, "cost": cost} | found)


def draw_cost_of_noise(series: Series) -> list[Panel]:
    """What noise costs a curved decoder, over σ², and the two formulas."""
    slopes = float(series["slopes"])
    levels = {"‖J‖²": slopes, "‖J‖² + (g − x)·Δg": slopes + float(series["curvature"])}
    curve = {"exact": (series["noise"], series["cost"] / series["noise"] ** 2)}
    return [
        Panel(
            lines(curve, ("noise σ", "added error / σ²"), log="x", levels=levels),
            Words(
                "A small curved decoder. What noise adds to the error is, where it is small, its "
                "slopes and, at the same order, its curvature; slopes alone say another number.",
                "一个小的弯曲解码器。噪声很小时，它带来的误差来自斜率，同阶的还有曲率；只算斜率会得到"
                "另一个数。",
            ),
        )
    ]


def noise_with_and_without_kl(seed: int) -> Outcome:
    """σ of q(z|x) against the spread of its means, at β = 1 and at β = 0."""
    models = {beta: vae_of_the_moon(seed, beta) for beta in (0.0, 1.0)}
    ratio = {beta: _ratio(each) for beta, each in models.items()}
    measured = {
        "noise_at_first": models[0.0].course["ratio"][0],
        "noise_without_kl": ratio[0.0],
        "noise_with_kl": ratio[1.0],
        "with_over_without": ratio[1.0] / ratio[0.0],
        "last_half_without_kl": _shrinks(models[0.0]),
        "last_half_with_kl": _shrinks(models[1.0]),
    }
    courses = {f"{n}_{b:g}": _array(m, n) for b, m in models.items() for n in ("step", "ratio")}
    return Outcome(measured, courses)


def draw_noise_with_and_without_kl(series: Series) -> list[Panel]:
    """Both fall at first; without the KL nothing stops it."""
    curves = {f"β = {b}": (series[f"step_{b}"], series[f"ratio_{b}"]) for b in (0, 1)}
    return [
        Panel(
            lines(curves, ("step", "σ / spread of the means"), log="y"),
            Words(
                "How much of a code is noise. Without the KL it keeps falling, towards an "
                "autoencoder's 0; the KL sets a floor.",
                "编码中噪声所占的比例。没有 KL 项它一直下降，趋向自编码器的 0；KL 项给它一个下限。",
            ),
        )
    ]


def noise_in_the_course_of_training(seed: int) -> Outcome:
    """σ and the KL of the moon's VAE, at the start, at their turning points and at the end."""
    course = {name: _array(vae_of_the_moon(seed), name) for name in ("step", "scale", "kl")}
    scale, kl = course["scale"], course["kl"]
    least, most = int(scale.argmin()), int(kl.argmax())
    measured = {
        "noise_at_first": float(scale[0]),
        "least_noise": float(scale[least]),
        "noise_at_last": float(scale[-1]),
        "least_over_first": float(scale[least] / scale[0]),
        "noise_grew_by": float(scale[-1] / scale[least] - 1),
        "step_of_least_noise": float(course["step"][least]),
        "kl_at_first": float(kl[0]),
        "kl_grew_by": float(kl[most] - kl[0]),
        "most_kl": float(kl[most]),
        "kl_at_last": float(kl[-1]),
        "kl_fell_by": float(kl[most] - kl[-1]),
    }
    return Outcome(measured, course)


def draw_noise_in_the_course_of_training(series: Series) -> list[Panel]:
    """σ against the step, and the KL."""
    return [
        Panel(
            lines({"σ": (series["step"], series["scale"])}, ("step", "mean σ"), log="y"),
            Words(
                "The noise falls steeply while the decoder is poor, and then grows again.",
                "解码器还差的时候噪声急剧下降，随后又回升。",
            ),
        ),
        Panel(
            lines({"KL": (series["step"], series["kl"])}, ("step", "E KL(q(z|x) ‖ p(z)), nats")),
            Words(
                "The KL is the mirror image: it shoots up and is then paid back.",
                "KL 恰好相反：先冲高，再慢慢降下来。",
            ),
        ),
    ]


def error_in_the_course_of_training(seed: int) -> Outcome:
    """The reconstruction error where the noise is least, and from there on."""
    course = {name: _array(vae_of_the_moon(seed), name) for name in ("step", "scale", "error")}
    error, least = course["error"], int(course["scale"].argmin())
    measured = {
        "error_at_first": float(error[0]),
        "error_at_least_noise": float(error[least]),
        "error_at_last": float(error[-1]),
        "last_over_least": float(error[-1] / error.min()),
        "last_over_that_at_least_noise": float(error[-1] / error[least]),
    }
    return Outcome(measured, course)


def draw_error_in_the_course_of_training(series: Series) -> list[Panel]:
    """The error falls throughout, through the turning point of the noise."""
    curves = {
        "E ‖x − x̂‖²": (series["step"][1:], series["error"][1:]),
        "mean σ": (series["step"][1:], series["scale"][1:]),
    }
    return [
        Panel(
            lines(curves, ("step", "pixels², σ"), log="y"),
            Words(
                "While the noise grows again the error goes on falling: a better decoder bears "
                "more noise.",
                "噪声回升时重构误差仍在下降：解码器变好了，才承受得起更多噪声。",
            ),
        )
    ]


def _ratio(trained: Trained) -> float:
    return float(noise_ratio(*trained.posterior()).mean())


def _shrinks(trained: Trained) -> float:
    """The ratio at the end, over that of halfway."""
    ratio = trained.course["ratio"]
    return ratio[-1] / ratio[len(ratio) // 2]


def _array(trained: Trained, name: str) -> Array:
    return np.array(trained.course[name])


def _errors(g: Callable[[Tensor], Tensor], x: Array, noise: float) -> float:
    """E ‖g(σε) − x‖² over ε ~ N(0, I₂), by Gauss–Hermite quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    z = noise * np.stack(np.meshgrid(nodes, nodes), -1).reshape(-1, 2)
    with torch.no_grad():
        made: Array = g(torch.from_numpy(z)).numpy()
    share = np.outer(weights, weights).reshape(-1) / weights.sum() ** 2
    return float((((made - x) ** 2).sum(1) * share).sum())


def _expansion(g: Callable[[Tensor], Tensor], x: Array) -> tuple[float, float, float]:
    """‖g − x‖², ‖J‖² and (g − x)·Δg at 0."""
    zero = torch.zeros(2, dtype=torch.float64)

    def made(z: Tensor) -> Tensor:
        return g(z[None])[0]

    missed = made(zero).detach() - torch.from_numpy(x)
    slopes: Tensor = jacobian(made, zero)  # type: ignore[no-untyped-call]
    bends: Tensor = hessian(lambda z: missed @ made(z), zero)  # type: ignore[no-untyped-call]
    return float(missed @ missed), float(slopes.square().sum()), float(bends.trace())
