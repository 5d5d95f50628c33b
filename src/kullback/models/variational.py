"""Models with q(z|x) a diagonal Gaussian: what can be made of KL( data(x) q(z|x) ‖ p(z) p(x|z) ).

vae, beta-vae    E −log p(x|z) + β E KL(q(z|x) ‖ p(z))
vae-two-part     the KL by its first guess: ½‖μ‖² + ¼‖log σ²‖²
iwae             a tighter bound on the same log p(x), from several draws of z
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.models.model import Model, either, joints
from kullback.networks import (
    GaussianCode,
    Network,
    StandardNormal,
    inward,
    likelihood_head,
    outward,
)
from kullback.objectives import Joint, importance_bound, kl, posterior_penalty
from kullback.objectives import warm_up as growing


def vae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min KL( data(x) q(z|x) ‖ p(z) p(x|z) ), both terms by densities.

    The sum of the terms is −ELBO in nats at β = 1: E −log p(x|z) + β E KL(q(z|x) ‖ p(z)).
    """
    q, p = _joints(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    return Model(q, p, kl(q, p, terms="x z", weights={"z": beta}))


def beta_vae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    warm_up: float,
    free_bits: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """The VAE with a heavier KL: β = 4 asks for codes of few, independent coordinates.

    Above 1 the sum is still a bound, a looser one. β can grow from 0 over a share of the training,
    and each coordinate may say λ nats for free.
    """
    q, p = _joints(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    weight = growing(beta, warm_up) if warm_up else beta
    free = {"z": free_bits} if free_bits else None
    return Model(q, p, kl(q, p, terms="x z", weights={"z": weight}, free_bits=free))


def vae_two_part(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    mean: float,
    log_variance: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """The VAE's joints and reconstruction, with a penalty that is not the KL: no bound on log p(x).

    a E‖μ‖² + b E‖log σ²‖² has its least value where the KL has it. At a = ½, b = ¼ it is the KL
    to second order there, and far above it for the certain codes, σ ≪ 1, of what the data say.
    """
    q, p = _joints(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    return Model(q, p, kl(q, p, terms="x") + posterior_penalty(q, mean, log_variance))


def iwae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    samples: int,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """The VAE's joints, with max E log (1/K) Σ_k p(x, z_k)/q(z_k|x) in place of the ELBO.

    The bound on log p(x) is tighter, by K draws of z for every x, and q is left free to be another
    than the posterior's nearest Gaussian.
    """
    q, p = _joints(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    return Model(q, p, importance_bound(q, p, samples))


def _joints(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None,
    decoder: nn.Module | None,
) -> tuple[Joint, Joint]:
    """data(x) q(z|x) and N(0, I) p(x|z)."""
    coder, maker = coder_and_maker(space, latent_dim, hidden, likelihood, scale, encoder, decoder)
    return joints(coder, maker, StandardNormal(latent_dim))


def coder_and_maker(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None,
    decoder: nn.Module | None,
    beside: Sequence[int] = (),
) -> tuple[Network, Network]:
    """q(z|x), a diagonal Gaussian, and p(x|z), both given vectors of widths ``beside`` besides.

    The encoder takes off the mean of the data, which bears a larger rate of learning.
    """
    head = likelihood_head(space, likelihood, scale)
    reader = either(encoder, inward(space, hidden, 2 * latent_dim, beside=beside, settles=True))
    maker = outward(space, hidden, latent_dim, head.maps, beside=beside, spread=head.spread)
    writer = either(decoder, maker)
    return Network(reader, GaussianCode()), Network(writer, head)
