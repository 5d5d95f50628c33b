"""Models with some terms by densities and some by samples."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kullback.models.entry import AUTOENCODER, Entry
from kullback.models.settings import AdversarialAutoencoder, Number, Regularised
from kullback.models.tables.formulas import (
    FLAT_LOGISTIC,
    LOGISTIC,
    P_NON_SATURATING,
    Q_NON_SATURATING,
    game,
    lines,
)
from kullback.models.tables.latent import half, whole


class AdversariallyLearned(Regularised):
    """Encoders and generators that a critic compares as pairs of x and z."""

    game: Literal["label-swapped", "minimax", "full", "truncated"] = Field(
        "label-swapped",
        description="what a side minimises: −E log P(other side), E log P(own side), the sum of "
        "these, or −E log P(data side) for both, which need not bring them together",
    )
    reconstruction: Annotated[Number, Field(ge=0)] = Field(
        0.1, description="weight of E −log p(x|z), errors of standard deviation 1; 0: none"
    )


class FeatureReconstructing(Regularised):
    """Autoencoders whose reconstruction is compared by a critic's features."""

    features: Annotated[Number, Field(gt=0)] = Field(
        0.3, description="weight of half the squared error in the critic's features"
    )


class FeatureMatching(Regularised):
    """Generators that match the features of a critic and of a classifier."""

    reconstruction: Annotated[Number, Field(ge=0)] = Field(
        0.3, description="weight of E −log p(x|z, y), errors of standard deviation 1"
    )
    features: Annotated[Number, Field(ge=0)] = Field(
        0.1, description="weight of half the squared error in the features of either network"
    )
    means: Annotated[Number, Field(ge=0)] = Field(
        0.1, description="weight of half the squared difference of the means of those features"
    )


ENTRIES = (
    Entry(
        name="aae",
        family="between",
        summary="An autoencoder whose codes are made to look like the prior by a critic.",
        use="Take it where the aggregate of the codes should follow a prior that can only be "
        "sampled, and samples may be soft. The game is in few dimensions, so it is steady; "
        "where the prior is a Gaussian, mmd-vae does without one.",
        formula=lines(
            "min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)",
            game(LOGISTIC, Q_NON_SATURATING, on="z", q="∫ data(x) q(z|x) dx", p="p(z)"),
        ),
        reference="Makhzani et al. 2016, arXiv 1511.05644",
        function="kullback.models.between:aae",
        settings=AdversarialAutoencoder,
        latent=half,
        capabilities=AUTOENCODER,
        steps=4000,
        betas=(0.5, 0.999),
    ),
    Entry(
        name="ali",
        family="between",
        summary="An encoder and a generator whose pairs of x and z a critic cannot tell apart.",
        use="Take it where encoder and generator should be learned by one game on pairs (x, z), "
        "and codes that mean something count more than exact reconstruction. It can drop "
        "modes as any GAN, and an autoencoder reconstructs better.",
        formula=lines(
            "min  0.1·E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)",
            game(
                FLAT_LOGISTIC,
                Q_NON_SATURATING,
                P_NON_SATURATING,
                on="x, z",
                q="data(x) q(z|x)",
                p="p(z) p(x|z)",
            ),
        ),
        reference="Dumoulin et al. 2017, arXiv 1606.00704; Donahue et al. 2017, 1605.09782; "
        "reconstruction: Li et al. 2017, 1709.01215",
        function="kullback.models.between:ali",
        settings=AdversariallyLearned,
        latent=whole,
        capabilities=AUTOENCODER,
        steps=6000,
        batch_size=64,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="vae-gan",
        family="between",
        summary="A VAE that measures its reconstruction by the features of a critic.",
        use="Take it for reconstructions that look right rather than match pixel by pixel. No "
        "likelihood, and three losses whose balance is a setting.",
        formula=lines(
            "min  E_q KL(q(z|x) ‖ p(z)),  q = data(x) q(z|x),  p = p(z) p(x|z)",
            "min  0.3·E_q ½‖φ_D(x) − φ_D(x̂)‖²,  x̂ ~ p(x|z),  q = data(x) q(z|x)",
            game(FLAT_LOGISTIC, P_NON_SATURATING),
        ),
        reference="Larsen et al. 2016, arXiv 1512.09300 (there the critic is shown reconstructions "
        "too)",
        function="kullback.models.between:vae_gan",
        settings=FeatureReconstructing,
        latent=half,
        capabilities=AUTOENCODER,
        steps=6000,
        batch_size=64,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="cvae-gan",
        family="between",
        summary="A conditional VAE with the features of a critic and of a classifier.",
        use="Take it for sharp samples of a class from few rows, with an encoder beside; the "
        "classifier holds each sample to its class. Four networks and four weights: take cgan "
        "where an encoder is not needed.",
        formula=lines(
            "min  E_q −log C(y|x),  q = data(x, y) q(z|x, y),  C = data(x) C(y|x)",
            "min  0.3·E_q −log p(x|z, y) + E_q KL(q(z|x, y) ‖ p(z)),  "
            "q = data(x, y) q(z|x, y),  p = data(y) p(z) p(x|z, y)",
            "min  0.1·E_q ½‖φ_D(x) − φ_D(x̂)‖² + 0.1·E_q ½‖φ_C(x) − φ_C(x̂)‖²,  "
            "x̂ ~ p(x|z, y),  q = data(x, y) q(z|x, y)",
            "min  0.1·½‖E_q φ_D(x) − E_p φ_D(x)‖² + 0.1·½K‖E_q φ_C(x) yᵀ − E_p φ_C(x) yᵀ‖²,  "
            "y one of K,  q = data(x, y) q(z|x, y),  p = data(y) p(z) p(x|z, y)",
            game(FLAT_LOGISTIC, p="∫ data(y) p(z) p(x|z, y) dy dz"),
        ),
        reference="Bao et al. 2017, arXiv 1703.10155",
        function="kullback.models.between:cvae_gan",
        settings=FeatureMatching,
        latent=half,
        capabilities=AUTOENCODER,
        steps=6000,
        batch_size=64,
        betas=(0.5, 0.99),
        needs="labels",
    ),
)
