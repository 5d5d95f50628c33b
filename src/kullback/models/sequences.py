"""Models of sequences of unequal lengths: the steps x, and the mask that says which exist."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.models.model import Model, either
from kullback.networks import (
    GaussianCode,
    GaussianHead,
    Head,
    LengthHead,
    Network,
    Pooled,
    SequenceNetwork,
    StandardNormal,
    TokenHead,
    Unrolled,
    mlp,
)
from kullback.objectives import Data, Factor, Joint, kl


def sequence_vae(
    space: Space,
    latent_dim: int,
    hidden: Sequence[int] | None,
    beta: float,
    likelihood: str,
    scale: float | None,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
    length: nn.Module | None = None,
) -> Model:
    """min KL( data(x, mask) q(z|x, mask) ‖ p(z) p(mask|z) p(x|z, mask) ).

    The VAE of a sequence as it is: its steps, and how many they are. Of the terms

        E −log p(mask|z) + E Σ_t mask_t (−log p(x_t|z, mask)) + β E KL(q(z|x, mask) ‖ p(z))

    the first is the law of the length, a mass over 1, …, T, and the second leaves padding out.
    """
    head: Head = GaussianHead(space.step, scale) if likelihood == "gaussian" else TokenHead()
    reader = either(encoder, Pooled(space, hidden, 2 * latent_dim))
    writer = either(decoder, Unrolled(space, hidden, latent_dim))
    counter = either(length, mlp(latent_dim, [128] if hidden is None else hidden, space.shape[0]))
    q = Joint(
        "q",
        Data("x"),
        Data("mask"),
        Factor("z", Network(reader, GaussianCode()), given="x mask"),
    )
    p = Joint(
        "p",
        Factor("z", StandardNormal(latent_dim)),
        Factor("mask", Network(counter, LengthHead()), given="z"),
        Factor("x", SequenceNetwork(writer, head), given="z mask"),
    )
    return Model(q, p, kl(q, p, terms="x mask z", weights={"z": beta}))
