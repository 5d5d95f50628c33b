"""From numbers to distributions: a network is a body and a head.

The body, a user's own ``nn.Module`` perhaps, computes; the head says what its numbers mean. All
that a likelihood needs stands in its head: output activation, constants, clipping, and the
Jacobian that states the density in the units of the data as given.

    Bernoulli              x ∈ {0, 1}      −log p = binary cross-entropy with logits
    Gaussian               real x          mean, one scale for all features, learned or fixed
    Discretised logistic   8-bit levels    location and log-scale per pixel
    Categorical            8-bit levels    256 logits per pixel
    Point mass             a GAN's generator, an autoencoder's encoder: no density
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.distributions import (
    Bernoulli,
    Distribution,
    Independent,
    Laplace,
    Normal,
    Uniform,
)
from torch.nn.functional import hardtanh

from kullback.data.space import Space
from kullback.distributions import Bits, Delta, DiscretisedLogistic, Levels, Noise, Rescaled


class Network(nn.Module):
    """A conditional distribution: ``head(body(*inputs))``.

    A body may be any module of the right shapes; one that returns a distribution needs no head.
    """

    def __init__(self, body: nn.Module, head: Head) -> None:
        super().__init__()
        self.body = body
        self.head = head

    def forward(self, *inputs: Tensor) -> Distribution:
        numbers = self.body(*inputs)
        if isinstance(numbers, Distribution):
            return numbers
        # Densities are computed in single precision at least, whatever the body's precision.
        numbers = numbers if numbers.dtype == torch.float64 else numbers.float()
        return self.head(numbers)  # type: ignore[no-any-return]


class Head(nn.Module):
    """What a body's numbers mean; ``maps`` is how many it needs per coordinate.

    ``spread``: its body's hidden biases should begin within so much of 0 (``outward``).
    """

    maps: int
    spread: float = 0.0


class GaussianCode(Head):
    """q(z|x) = N(μ, diag σ²) from (B, 2d): μ beside log σ², the latter kept in [−14, 14]."""

    maps = 2

    def forward(self, numbers: Tensor) -> Distribution:
        mean, log_variance = numbers.chunk(2, -1)
        scale = torch.exp(0.5 * hardtanh(log_variance, -14, 14))
        return Independent(Normal(mean, scale, validate_args=False), 1, validate_args=False)


class UniformCode(Head):
    """q(z|x) = U[m − w, m + w] from (B, 2d): m beside log w, the latter kept in [−7, 7]."""

    maps = 2

    def forward(self, numbers: Tensor) -> Distribution:
        middle, log_width = numbers.chunk(2, -1)
        width = torch.exp(hardtanh(log_width, -7, 7))
        each = Uniform(middle - width, middle + width, validate_args=False)
        return Independent(each, 1, validate_args=False)


class NoisyCode(Head):
    """q(z|x) = N(f(x), s² I): a code with noise of a fixed standard deviation ``noise``."""

    maps = 1

    def __init__(self, noise: float) -> None:
        super().__init__()
        self.noise = noise

    def forward(self, numbers: Tensor) -> Distribution:
        scale = torch.full_like(numbers, self.noise)
        return Independent(Normal(numbers, scale, validate_args=False), 1, validate_args=False)


class PointCode(Head):
    """q(z|x) = δ(z − f(x)): a deterministic encoder."""

    maps = 1

    def forward(self, numbers: Tensor) -> Distribution:
        return Delta(numbers, 1)


class BernoulliHead(Head):
    """Independent bits, P(x=1) = σ(logit). Grey 8-bit pixels are binarised at every look:
    x ~ Bernoulli(grey/255) (``observe``, ``None`` where the data are bits)."""

    maps = 1
    spread = 2.0

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.event_dim = len(space.model_shape)
        self.observe = None if space.kind == "binary" else binarised

    def forward(self, numbers: Tensor) -> Distribution:
        bits = Bernoulli(logits=numbers.squeeze(1), validate_args=False)
        return Bits(bits, self.event_dim, validate_args=False)


def binarised(grey: Tensor, noise: Noise) -> Tensor:
    """Draw the bits of grey pixels in [0, 1]."""
    return (noise.uniform(*grey.shape) < grey).to(grey.dtype)


class GaussianHead(Head):
    """N(mean, σ² I) with one σ for all features, a parameter unless ``fixed``.

    σ is in model units: 1 is the whole range of a pixel, or the data's overall standard deviation.
    One σ for all is what probabilistic PCA assumes (Tipping & Bishop, 1999); learned, it sets the
    weight of the reconstruction by itself (Rybkin et al., 2021, arXiv 2006.13202).
    """

    maps = 1

    def __init__(self, space: Space, fixed: float | None = None) -> None:
        super().__init__()
        self.event_dim = len(space.model_shape)
        self.log_jacobian = space.log_jacobian
        log_scale = torch.tensor(math.log(0.3 if fixed is None else fixed))
        if fixed is None:
            self.log_scale = nn.Parameter(log_scale)
        else:
            self.register_buffer("log_scale", log_scale)

    def forward(self, numbers: Tensor) -> Distribution:
        mean = numbers.squeeze(1)
        scale = torch.exp(self.log_scale.clamp(-10, 10)).expand_as(mean)
        normal = Normal(mean, scale, validate_args=False)
        return Rescaled(Independent(normal, self.event_dim, validate_args=False), self.log_jacobian)


class DiscretisedLogisticHead(Head):
    """Mass of 8-bit levels: location, and log-scale kept in [−7, 3], of every pixel."""

    maps = 2

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.event_dim = len(space.model_shape)

    def forward(self, numbers: Tensor) -> Distribution:
        location, log_scale = numbers.unbind(1)
        # Half grey and a scale of about a tenth are where untrained pixels start.
        pixels = DiscretisedLogistic(location + 0.5, (log_scale - 2).clamp(-7, 3))
        return Independent(pixels, self.event_dim, validate_args=False)


class CategoricalHead(Head):
    """Mass of 8-bit levels, 256 free logits a pixel."""

    maps = 256

    def __init__(self, space: Space) -> None:
        super().__init__()
        self.event_dim = len(space.model_shape)

    def forward(self, numbers: Tensor) -> Distribution:
        return Independent(Levels(numbers.movedim(1, -1)), self.event_dim, validate_args=False)


class PointHead(Head):
    """p(x|z) = δ(x − g(z)); pixels pass through a sigmoid, so that samples are in range.

    With an ``error`` it is also scored, by independent errors of that law and of one ``scale`` in
    model units around the point: −log p(x|z) = ‖x − g(z)‖₁/scale + a constant for Laplace's law,
    ½‖x − g(z)‖²/scale² + a constant for the normal one.
    """

    maps = 1

    def __init__(
        self,
        space: Space,
        error: type[Laplace] | type[Normal] | None = None,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.event_dim = len(space.model_shape)
        self.bounded = space.bounded
        self.log_jacobian = space.log_jacobian
        self.error = error
        self.scale = scale

    def forward(self, numbers: Tensor) -> Distribution:
        value = numbers.squeeze(1)
        value = torch.sigmoid(value) if self.bounded else value
        if self.error is None:
            return Delta(value, self.event_dim)
        each = self.error(value, torch.full_like(value, self.scale), validate_args=False)
        law = Independent(each, self.event_dim, validate_args=False)
        return Delta(value, self.event_dim, Rescaled(law, self.log_jacobian))


LIKELIHOODS: dict[str, Callable[[Space], Head]] = {
    "bernoulli": BernoulliHead,
    "gaussian": GaussianHead,
    "discretised-logistic": DiscretisedLogisticHead,
    "categorical": CategoricalHead,
}


def likelihood_head(space: Space, likelihood: str, scale: float | None = None) -> Head:
    """Return the head of that name; ``scale`` fixes the standard deviation of a gaussian one."""
    return (
        GaussianHead(space, scale) if likelihood == "gaussian" else LIKELIHOODS[likelihood](space)
    )
