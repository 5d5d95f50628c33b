"""Draw from a distribution with given base noise: x = g(θ, ε), differentiable in θ where g is."""

from __future__ import annotations

from torch import Tensor
from torch.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Independent,
    MultivariateNormal,
    Normal,
    OneHotCategorical,
    Uniform,
)
from torch.nn.functional import one_hot

from kullback.distributions.delta import Delta
from kullback.distributions.inverse import inverse_cdf
from kullback.distributions.noise import Noise
from kullback.distributions.rescaled import Rescaled


def draw(distribution: Distribution, noise: Noise, sample_shape: tuple[int, ...] = ()) -> Tensor:
    """Draw values of shape ``sample_shape + batch_shape + event_shape``.

    Gaussian and uniform draws are reparameterised, x = μ + σ ε; discrete ones invert their
    distribution function. Raises ``TypeError`` for a distribution whose noise is not known; such a
    one can bring a method ``draw(noise, sample_shape)`` of its own.
    """
    shape = (*sample_shape, *distribution.batch_shape)
    match distribution:
        case Independent():
            return draw(distribution.base_dist, noise, sample_shape)
        case Rescaled():
            return draw(distribution.base, noise, sample_shape)
        case Delta():
            return distribution.rsample(sample_shape)
        case Normal():
            return distribution.loc + distribution.scale * noise.normal(*shape)
        case MultivariateNormal():
            epsilon = noise.normal(*shape, *distribution.event_shape, 1)
            return distribution.loc + (distribution.scale_tril @ epsilon).squeeze(-1)
        case Uniform():
            width = distribution.high - distribution.low
            return distribution.low + width * noise.uniform(*shape)
        case Bernoulli():
            u = noise.uniform(*shape)
            return (u < distribution.probs).to(u.dtype)
        case Categorical():
            return inverse_cdf(distribution.probs, noise.uniform(*shape, 1))
        case OneHotCategorical() if not distribution.has_rsample:
            u = noise.uniform(*shape, 1)
            return one_hot(inverse_cdf(distribution.probs, u), distribution.event_shape[0]).to(u)
    own = getattr(distribution, "draw", None)
    if own is None:
        raise TypeError(
            f"how to draw a {type(distribution).__name__} from base noise is not known; "
            "give it a method draw(noise, sample_shape)"
        )
    return own(noise, sample_shape)  # type: ignore[no-any-return]
