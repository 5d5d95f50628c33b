"""The moon's phases, and autoencoders trained on them, which several claims look at.

A picture of the moon is a disc of which a share f is lit: 144 pixels, one degree of freedom. So of
any picture one can say how far from a moon it is,

    d(x) = min_f ‖x − moon(f)‖²,

in pixels whose grey is 0 to 1: 1 is one pixel wrong altogether. The VAEs' decoders are Gaussian
with a scale of .3 of a pixel's range, which is where the library's learned scale starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from kullback.data import Space, moon
from kullback.divergences import coordinate_kl
from kullback.evaluation.latent import noise_ratio
from kullback.lab.learn import learn, weights
from kullback.lab.outcome import Array
from kullback.models.autoencoders import ae, noisy_ae
from kullback.models.model import Model, joints
from kullback.models.variational import coder_and_maker, vae
from kullback.networks import StandardNormal
from kullback.objectives import Factor, kl
from kullback.training import Adam, Training

PHASES = np.linspace(0, 1, 51)
HALF_AND_FULL = np.array([0.5, 1.0])
SCALE = 0.3
PLAIN = 1 / SCALE**2
"""The β at which squared error and KL stand as they are, ½‖x − x̂‖² + KL: βσ_x² = 1."""

HIDDEN = [64, 64]
STEPS = 1000
WATCHED = 10
ADAM = Adam(1e-2)
A_MOON = 1.0
"""A picture is a moon if it is less than one pixel off, d(x) < 1."""

COURSE = ("step", "scale", "ratio", "kl", "error")
"""What is seen while a VAE learns: σ, σ over the spread of the means, nats, pixels²."""


def pictures(fractions: Array) -> Array:
    """The moon with these lit fractions (N,), in model units (N, 1, 12, 12)."""
    found: Array = SPACE.to_model(moon(fractions))
    return found


SPACE = Space.of(moon(PHASES))
VARIANCE = float(pictures(PHASES).var(0).sum())
"""The variance of the 51 phases, summed over pixels: the error of their mean."""

_NEARBY = pictures(np.linspace(0, 1, 501)).reshape(501, -1)


def off_the_moon(found: Array) -> Array:
    """d(x) of pictures (N, …): the squared distance to the nearest of 501 phases, (N,)."""
    x = found.reshape(len(found), -1)
    products = (x**2).sum(1)[:, None] - 2 * x @ _NEARBY.T + (_NEARBY**2).sum(1)
    nearest: Array = products.min(1)
    return np.maximum(nearest, 0)


@dataclass(frozen=True, eq=False)
class Trained:
    """A model of the moon, what it was trained on, and what was seen while it was."""

    model: Model
    x: Tensor
    course: Mapping[str, list[float]]

    def posterior(self, x: Tensor | None = None) -> tuple[Array, Array]:
        """μ and σ of q(z|x), each (N, d), of the training pictures or of others."""
        law = self._law(x)
        return law.mean.numpy(), law.stddev.numpy()

    def codes(self) -> Array:
        """The means of q(z|x) of the training pictures, (N, d)."""
        mean: Tensor = self._law().mean
        return mean.numpy()

    def decode(self, z: Array) -> Array:
        """The means of p(x|z), (N, 1, 12, 12)."""
        with torch.no_grad():
            mean: Tensor = _network(self.model, "x")(torch.from_numpy(np.float32(z))).mean
        return mean.numpy()

    def error(self, x: Tensor | None = None, draws: int = 20) -> float:
        """E ‖x − g(z)‖² with z drawn from q(z|x)."""
        x = self.x if x is None else x
        mean, scale = self.posterior(x)
        noise = np.random.default_rng([0, 1]).standard_normal((draws, *mean.shape))
        found = self.decode((mean + scale * noise).reshape(-1, mean.shape[1]))
        missed = found.reshape(draws, *x.shape) - x.numpy()
        return float((missed**2).sum((-1, -2, -3)).mean())

    def rate(self, x: Tensor | None = None) -> Array:
        """E KL(q(z_j|x) ‖ N(0, 1)) of every coordinate j in nats, (d,)."""
        law = self._law(x)
        found = coordinate_kl(law, StandardNormal(law.event_shape[0])())
        assert found is not None
        return found.mean(0).numpy()

    def _law(self, x: Tensor | None = None) -> Distribution:
        with torch.no_grad():
            law: Distribution = _network(self.model, "z")(self.x if x is None else x)
        return law


def vae_of_the_moon(
    seed: int, beta: float = 1.0, dimensions: int = 2, steps: int = STEPS, two: bool = False
) -> Trained:
    """The VAE, trained on all 51 phases, or on no more than ``two``: half and full moon."""
    return _vae(seed, beta, dimensions, steps, two)


def ae_of_the_moon(
    seed: int, dimensions: int = 2, steps: int = STEPS, two: bool = False
) -> Trained:
    """The autoencoder, trained likewise."""
    return _ae(seed, dimensions, steps, two)


def noisy_ae_of_the_moon(seed: int, noise: float, dimensions: int) -> Trained:
    """The autoencoder whose code has noise of a fixed size."""
    return _taught(lambda: noisy_ae(SPACE, dimensions, HIDDEN, noise), PHASES, seed, STEPS)


def vae_with_prior(seed: int, prior: nn.Module) -> Trained:
    """The VAE with a code of one number and a prior of one's own: one factor is another."""

    def build() -> Model:
        coder, maker = coder_and_maker(SPACE, 1, HIDDEN, "gaussian", SCALE, None, None)
        q, p = joints(coder, maker, prior)
        return Model(q, p, kl(q, p, terms="x z"))

    return _taught(build, PHASES, seed, STEPS)


# Several claims look at one training; a cache keyed on all of what it depends on makes it once.
@cache
def _vae(seed: int, beta: float, dimensions: int, steps: int, two: bool) -> Trained:
    phases = HALF_AND_FULL if two else PHASES
    return _taught(
        lambda: vae(SPACE, dimensions, HIDDEN, beta, "gaussian", SCALE),
        phases,
        seed,
        steps,
        followed=True,
    )


@cache
def _ae(seed: int, dimensions: int, steps: int, two: bool) -> Trained:
    phases = HALF_AND_FULL if two else PHASES
    return _taught(lambda: ae(SPACE, dimensions, HIDDEN), phases, seed, steps)


def _taught(
    build: Callable[[], Model], phases: Array, seed: int, steps: int, followed: bool = False
) -> Trained:
    with weights(seed):
        model = build()
    x = pictures(phases)
    course: dict[str, list[float]] = {name: [] for name in COURSE}
    trained = Trained(model, torch.from_numpy(x), course)

    def watch(training: Training) -> None:
        if followed and training.step % WATCHED == 0:
            mean, scale = trained.posterior()
            ratio, rate = noise_ratio(mean, scale).mean(), trained.rate().sum()
            seen = training.step, scale.mean(), ratio, rate, trained.error()
            for name, value in zip(course, seen, strict=True):
                course[name].append(float(value))

    learn(model.objective, {"x": x}, steps, optimiser=ADAM, seed=seed, watch=watch)
    return trained


def _network(model: Model, variable: str) -> nn.Module:
    """The network of q(z|x) or of p(x|z)."""
    factor = (model.q if variable == "z" else model.p)[variable]
    assert isinstance(factor, Factor)
    return factor.network
