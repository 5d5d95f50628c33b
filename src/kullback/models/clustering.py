"""A VAE whose prior is a mixture, the mixture's component being the cluster of an observation."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from kullback.data.space import Space
from kullback.models.model import Model, either
from kullback.networks import (
    Affine,
    ClassCode,
    ClassNormal,
    GaussianCode,
    GaussianHead,
    Network,
    UniformClass,
    inward,
    outward,
)
from kullback.objectives import Data, Factor, Joint, kl


def clustering_vae(
    space: Space,
    latent_dim: int,
    clusters: int,
    hidden: Sequence[int] | None,
    scale: float,
    encoder: nn.Module | None = None,
    decoder: nn.Module | None = None,
) -> Model:
    """min KL( data(x) q(z|x) q(y|z) ‖ p(y) p(z|y) p(x|z) ), y one of ``clusters``, all unknown.

    p(y) is uniform and p(z|y) = N(μ_y, I). Of the terms

        E −log p(x|z) + E Σ_y q(y|z) [log q(z|x) − log p(z|y)] + E KL(q(y|z) ‖ p(y))

    the second draws codes to the centres of their clusters and centres to their codes. For centres
    of one covariance the best q(y|z) is a softmax of an affine map, so that is what it is.

    All centres start at 0. From random ones, codes fall to the nearest before they mean anything,
    and with them every observation to one cluster, for good; from 0 the prior is N(0, I), the first
    thing learned is a VAE, and the centres part along what its codes vary in most. They and the
    classifier move ten times as far in a step as the networks' weights: at the weights' own pace
    the centres part late, when one Gaussian already holds all the codes, and less. The decoder's
    scale is fixed: a learned one shrinks until the clusters, log C nats at most, count for nothing.
    """
    reader = either(encoder, inward(space, hidden, 2 * latent_dim))
    writer = either(decoder, outward(space, hidden, latent_dim))
    coder = Network(reader, GaussianCode())
    sorter = Network(Affine(latent_dim, clusters), ClassCode())
    centres = ClassNormal(clusters, latent_dim, spread=0.0)
    q = Joint(
        "q",
        Data("x"),
        Factor("z", coder, given="x"),
        Factor("y", sorter, given="z"),
    )
    p = Joint(
        "p",
        Factor("y", UniformClass(clusters)),
        Factor("z", centres, given="y"),
        Factor("x", Network(writer, GaussianHead(space, scale)), given="z"),
    )
    return Model(q, p, kl(q, p, terms="x z y"))
