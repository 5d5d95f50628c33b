"""Models of two explicit joints, compared by densities."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kullback.models.entry import AUTOENCODER, EXPLICIT, Entry
from kullback.models.settings import (
    Conditional,
    Explicit,
    Learned,
    Mixture,
    Number,
    Rate,
    Settings,
    Size,
    Variational,
)
from kullback.models.tables.latent import components, half, whole

Weight = Annotated[Number, Field(ge=0)]

# An encoder that takes off the mean of the data bears longer steps: docs/results.md.
_LR = 5e-3
_BETAS = (0.9, 0.99)


class NoisyAutoencoder(Learned):
    """Autoencoders whose codes have noise of a fixed size."""

    noise: Rate = Field(1.0, description="standard deviation s of the noise on every code")


class Weighed(Variational):
    """VAEs whose KL is weighed, at once or gradually."""

    beta: Weight = Field(4.0, description="weight of the KL term; the bound on log p(x) is at 1")
    warm_up: Annotated[Number, Field(ge=0, le=1)] = Field(
        0.0, description="share of the training over which the weight of the KL grows from 0"
    )
    free_bits: Weight = Field(
        0.0, description="nats of KL that each latent dimension has for nothing"
    )


class TwoPart(Explicit):
    """VAEs with two penalties in place of the KL."""

    mean: Weight = Field(0.5, description="weight of ‖μ‖²; the KL near its least value has ½")
    log_variance: Weight = Field(
        0.25, description="weight of ‖log σ²‖²; the KL near its least value has ¼"
    )


class ImportanceWeighted(Explicit):
    """Bounds from several draws of the latent."""

    samples: Size = Field(20, description="draws K of z for each observation; 1 is the VAE")


class Matched(Learned):
    """Autoencoders whose codes are compared with the prior by a fixed statistic."""

    scale: Rate = Field(
        1.0,
        description="fixed standard deviation of the decoder in model units; smaller weighs "
        "reconstruction more",
    )
    weight: Rate = Field(100.0, description="weight λ of MMD² of the codes and the prior")


class Clustering(Learned):
    """VAEs with a latent class."""

    clusters: Size = Field(10, description="number of clusters")
    scale: Rate = Field(
        0.63,
        description="fixed standard deviation of the decoder in model units; smaller weighs "
        "reconstruction more against the clusters",
    )


ENTRIES = (
    Entry(
        name="latent-table",
        family="autoencoder",
        summary="A decoder and a free code for each training row; no encoder.",
        use="Take it to see what a decoder alone can do, or where the codes of the training rows "
        "are all that is wanted. Not for many new rows: each has to be found by optimisation.",
        formula="min  E_q −log p(x|z),  q = data(x, index) q(z|index),  p = p(z) p(x|z)\n"
        "p(z) fitted to q(z)",
        reference="Bojanowski et al. 2018, arXiv 1707.05776",
        function="kullback.models.latent_table:latent_table",
        settings=Learned,
        latent=half,
        capabilities=AUTOENCODER,
        steps=4000,
    ),
    Entry(
        name="pca",
        family="autoencoder",
        summary="The linear autoencoder, and the linear VAE, solved exactly.",
        use="Take it first, on anything: it needs a moment, has no settings to tune and states an "
        "exact likelihood, which a deeper model should beat. Not where the data bend: it "
        "knows one plane.",
        formula="min  KL( data(x) q(z|x) ‖ p(z) p(x|z) )",
        reference="Tipping & Bishop 1999, J. R. Stat. Soc. B 61(3)",
        function="kullback.models.autoencoders:pca",
        settings=Settings,
        latent=half,
        capabilities=EXPLICIT,
        steps=1,
    ),
    Entry(
        name="ae",
        family="autoencoder",
        summary="Compress and reconstruct; samples come from a Gaussian fitted to the codes.",
        use="Take it to compress, or to find out how many dimensions data need. Not to generate: "
        "its codes leave holes, and a Gaussian fitted to them samples from the holes too.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\np(z) fitted to q(z)",
        reference="Hinton & Salakhutdinov 2006, Science 313",
        function="kullback.models.autoencoders:ae",
        settings=Learned,
        latent=half,
        capabilities=AUTOENCODER,
        steps=4000,
    ),
    Entry(
        name="noisy-ae",
        family="autoencoder",
        summary="An autoencoder with noise of a fixed size on its codes, and no KL.",
        use="Take it where nearby codes must mean similar things and no likelihood is wanted. Not "
        "in place of a VAE: nothing holds the codes near the prior, so they spread until the "
        "noise is small beside them.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\np(z) fitted to q(z)",
        reference="Poole, Sohl-Dickstein & Ganguli 2014, arXiv 1406.1831",
        function="kullback.models.autoencoders:noisy_ae",
        settings=NoisyAutoencoder,
        latent=half,
        capabilities=EXPLICIT,
        steps=4000,
    ),
    Entry(
        name="vae",
        family="autoencoder",
        summary="Maximise a lower bound of log p(x); covers the data.",
        use="Take it where an encoder, a likelihood and stable training matter, and as the first "
        "deep model on new data. Its samples of natural images are soft; where sharpness "
        "counts take a GAN.",
        formula="min  KL( data(x) q(z|x) ‖ p(z) p(x|z) )",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        function="kullback.models.variational:vae",
        settings=Variational,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
    ),
    Entry(
        name="beta-vae",
        family="autoencoder",
        summary="A VAE with a heavier KL: fewer latent dimensions in use, each for itself.",
        use="Take it where codes should be simple or nearly independent and reconstruction may "
        "suffer, or with a warm-up or free bits where a VAE's posterior collapses. Above beta = 1 "
        "the loss bounds −log p(x) less tightly, below it not at all.",
        formula="min  E_q −log p(x|z) + 4·E_q KL(q(z|x) ‖ p(z)),"
        "  q = data(x) q(z|x),  p = p(z) p(x|z)",
        reference="Higgins et al. 2017, ICLR; Burgess et al. 2018, arXiv 1804.03599",
        function="kullback.models.variational:beta_vae",
        settings=Weighed,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
    ),
    Entry(
        name="vae-two-part",
        family="autoencoder",
        summary="A VAE with ‖μ‖² and ‖log σ²‖² in place of the KL: right near the prior only.",
        use="Take it to see that two plain penalties on mean and log-variance almost make a VAE, "
        "and where they part. For use take vae: the penalties are its KL near the prior only.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\n"
        "min  0.5·E ‖μ‖² + 0.25·E ‖log σ²‖²,  q(z|x) = N(μ, σ²),  q = data(x) q(z|x)",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, as the step before the KL",
        function="kullback.models.variational:vae_two_part",
        settings=TwoPart,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
    ),
    Entry(
        name="iwae",
        family="autoencoder",
        summary="The VAE with a tighter bound on log p(x), from several draws of the latent.",
        use="Take it for a better likelihood with the same networks; it costs as many decodings a "
        "row as it has samples. The encoder's own gradient weakens as they grow: few are "
        "enough.",
        formula="min  −E log (1/20) Σ_k w_k,  w = p(z) p(x|z) / q(z|x),  z ~ q,"
        "  q = data(x) q(z|x)",
        reference="Burda, Grosse & Salakhutdinov 2016, arXiv 1509.00519",
        function="kullback.models.variational:iwae",
        settings=ImportanceWeighted,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
    ),
    Entry(
        name="mmd-vae",
        family="autoencoder",
        summary="An autoencoder whose codes are made to look like the prior, without a critic.",
        use="Take it where codes must follow the prior as a whole and each still say much of its "
        "row, without the game of a critic. Not with very many latent dimensions, where a "
        "kernel sees little.",
        formula="min  E_q −log p(x|z),  q = data(x) q(z|x),  p = p(z) p(x|z)\n"
        "min  100·MMD²( q(z), p(z) )",
        reference="Zhao, Song & Ermon 2019, arXiv 1706.02262; Tolstikhin et al. 2018, 1711.01558",
        function="kullback.models.autoencoders:mmd_vae",
        settings=Matched,
        latent=half,
        capabilities=AUTOENCODER,
        steps=4000,
    ),
    Entry(
        name="cvae",
        family="autoencoder",
        summary="A VAE whose encoder and decoder are told the label; samples a class on request.",
        use="Take it to sample, encode and score within a known class. Samples are as soft as a "
        "VAE's; where they must be sharp take cgan or cvae-gan. On images its KL weighs more than "
        "1, for samples that are what was asked for: D/64 for D values. For the likelihood, and "
        "for the formula as it stands, set beta=1.",
        formula="min  KL( data(x, y) q(z|x, y) ‖ data(y) p(z) p(x|z, y) )",
        reference="Kingma et al. 2014, arXiv 1406.5298; Sohn, Lee & Yan 2015, NeurIPS",
        function="kullback.models.conditional:cvae",
        settings=Conditional,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
        needs="labels",
    ),
    Entry(
        name="cvae-class-mean",
        family="autoencoder",
        summary="A VAE whose prior has a mean for each class; only the KL is told the label.",
        use="Take it where the classes should have places of their own in the latent space. For "
        "the purest samples of a class take cvae: here a decoder that is not told the label "
        "has to read it from the code. On images the KL weighs D/64, as cvae's.",
        formula="min  KL( data(x, y) q(z|x) ‖ data(y) p(z|y) p(x|z) )",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 8",
        function="kullback.models.conditional:cvae_class_mean",
        settings=Conditional,
        latent=whole,
        capabilities=EXPLICIT,
        steps=4000,
        lr=_LR,
        betas=_BETAS,
        needs="labels",
    ),
    Entry(
        name="clustering-vae",
        family="autoencoder",
        summary="A VAE with a latent class beside its code: finds clusters, and samples them.",
        use="Take it to find groups without labels, with a number of clusters chosen beforehand. "
        "Clusters follow what varies most, which need not be the classes one has in mind.",
        formula="min  KL( data(x) q(z|x) q(y|z) ‖ p(y) p(z|y) p(x|z) )",
        reference="Su Jianlin 2018, kexue.fm/archives/5887; Jiang et al. 2017, arXiv 1611.05148",
        function="kullback.models.clustering:clustering_vae",
        settings=Clustering,
        latent=whole,
        capabilities=EXPLICIT,
        steps=12000,
    ),
    Entry(
        name="gmm",
        family="autoencoder",
        summary="A Gaussian mixture by EM: every density exact, and the posterior too.",
        use="Take it on points and tables of moderate width: EM is exact, fast and states the "
        "true likelihood, so it is a yardstick for the rest. Not for images beyond a "
        "baseline: each component is one ellipsoid.",
        formula="min  KL( data(x) q(z|x) ‖ p(z) p(x|z) ),  in p, then in q, exactly",
        reference="Dempster, Laird & Rubin 1977, J. R. Stat. Soc. B 39; Neal & Hinton 1998",
        function="kullback.models.mixture:gmm",
        settings=Mixture,
        latent=components,
        capabilities=EXPLICIT,
        steps=100,
    ),
)
