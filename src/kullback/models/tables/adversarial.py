"""Models that compare x by samples: a generator against a critic."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kullback.models.entry import IMPLICIT, Entry
from kullback.models.settings import (
    FromObservations,
    Generating,
    Number,
    Penalised,
    Rate,
    Regularised,
    Settings,
    Size,
)
from kullback.models.tables.formulas import (
    FLAT_LOGISTIC,
    LOGISTIC,
    P_NON_SATURATING,
    P_RELATIVISTIC,
    P_TOWARDS_Q,
    RELATIVISTIC,
    game,
    lines,
)
from kullback.models.tables.latent import generator


class Clipped(Generating):
    """Generators whose critic's parameters are clipped."""

    lr: Rate | None = Field(5e-4, description="the first learning rate, which falls to 0")
    critic_lr: Rate = Field(5e-4, description="the critic's first learning rate")
    moves: Size = Field(5, description="the critic's moves for one move of the model")
    bound: Rate = Field(0.1, description="the largest size of a parameter of the critic")


class Relativistic(Generating):
    """Generators whose critic is kept flat on both sides, in units of the data's variance."""

    gamma: Rate = Field(
        0.1, description="weight of the critic's squared slope times the data's total variance"
    )


class Proximal(Regularised):
    """Generators that stay near where they were."""

    proximity: Rate = Field(1.0, description="weight λ of the squared distance to old samples")
    generator_moves: Size = Field(2, description="the generator's moves in a round")
    snapshot_every: Size = Field(1, description="rounds between copies of the generator")


class Convolutional(Settings):
    """Networks whose layers are one paper's."""

    lr: Rate = Field(1e-3, description="the first learning rate, which falls to 0 as a cosine")
    critic_lr: Rate = Field(2e-4, description="the critic's first learning rate")
    clip: Rate | None = Field(None, description="largest norm of each player's gradient")
    moves: Size = Field(1, description="the critic's moves for one move of the model")
    ema: Annotated[Number, Field(ge=0, lt=1)] = Field(
        0.999, description="decay of the averaged generator that sampling uses"
    )
    width: Size = Field(32, description="maps at the largest scale; twice as many at the next")


def _proximal_notes(settings: Settings) -> tuple[str, ...]:
    assert isinstance(settings, Proximal)
    if settings.generator_moves > 1 or settings.snapshot_every > 1:
        return ()
    return (
        "the proximal term does nothing: with one move after each copy of the generator its slope "
        "is taken at the copy, where it is 0; give generator_moves or snapshot_every of 2 or more",
    )


ENTRIES = (
    Entry(
        name="gan",
        family="adversarial",
        summary="A generator against a critic, by the non-saturating loss.",
        use="Take it for sharp samples where no encoder or likelihood is needed. It can miss "
        "modes, and its loss tells nothing of that: evaluate it.",
        formula=game(FLAT_LOGISTIC, P_NON_SATURATING),
        reference="Goodfellow et al. 2014, arXiv 1406.2661; R1: Mescheder et al. 2018, 1801.04406",
        function="kullback.models.adversarial:gan",
        settings=Regularised,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="gan-minimax",
        family="adversarial",
        summary="A generator against a critic, by the loss that fades where the critic is sure.",
        use="Take it to see why the generator's loss was changed: where the critic wins, its "
        "gradient vanishes. For use take gan.",
        formula=game(FLAT_LOGISTIC, "p min E_p log P(p)"),
        reference="Goodfellow et al. 2014, arXiv 1406.2661 (there without R1)",
        function="kullback.models.adversarial:gan_minimax",
        settings=Regularised,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="lsgan",
        family="adversarial",
        summary="A generator against a critic that fits numbers by least squares.",
        use="Take it where the logistic loss saturates and a simple remedy is wanted; the "
        "generator is led to where the critic puts data, and back from beyond. It misses "
        "modes as gan does.",
        formula=game(
            "½E_q (D−1)² + ½E_p (D+1)² + 0.5·E_q‖∇D‖²",
            "p min ½E_p (D−1)² towards q",
        ),
        reference="Mao et al. 2017, arXiv 1611.04076 (there without R1)",
        function="kullback.models.adversarial:lsgan",
        settings=Regularised,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
    ),
    Entry(
        name="hinge-gan",
        family="adversarial",
        summary="A critic that cannot be steep: its layers are spectrally normalised.",
        use="Take it for images where a gradient penalty is too slow: spectral normalisation "
        "costs next to nothing. On points with narrow, distant modes a slope bound "
        "that is the same everywhere is too tight.",
        formula=game("E_q (1−D)₊ + E_p (1+D)₊ over ‖W‖₂ ≈ 1 in each layer", P_TOWARDS_Q),
        reference="Miyato et al. 2018, arXiv 1802.05957; Lim & Ye 2017, arXiv 1705.02894",
        function="kullback.models.adversarial:hinge_gan",
        settings=Generating,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.0, 0.9),
    ),
    Entry(
        name="wgan",
        family="adversarial",
        summary="A critic with clipped weights, whose loss follows a distance.",
        use="Take it to see what clipping does; the paper's own settings are "
        "--set bound=0.01 --set lr=5e-5 --set critic_lr=5e-5. Clipped weights make a crude "
        "critic and slow learning; wgan-gp comes nearer to W₁.",
        formula=game("E_p D − E_q D over |w| ≤ 0.1", P_TOWARDS_Q),
        reference="Arjovsky et al. 2017, arXiv 1701.07875 (there c = .01, RMSProp 5e-5)",
        function="kullback.models.adversarial:wgan",
        settings=Clipped,
        latent=generator,
        capabilities=IMPLICIT,
        steps=4000,
        optimiser="rmsprop",
    ),
    Entry(
        name="wgan-gp",
        family="adversarial",
        summary="A critic whose slope is held near one, whose loss follows a distance.",
        use="Take it where training must not break down and the critic's loss should mean "
        "something: divided by the critic's mean slope it estimates W₁. It is slow: several "
        "critic moves a round and second derivatives.",
        formula=game("E_p D − E_q D + 1·E(‖∇D(x̂)‖−1)²", P_TOWARDS_Q),
        reference="Gulrajani et al. 2017, arXiv 1704.00028 (there λ = 10, Adam 1e-4)",
        function="kullback.models.adversarial:wgan_gp",
        settings=Penalised,
        latent=generator,
        capabilities=IMPLICIT,
        steps=3000,
        betas=(0.0, 0.9),
    ),
    Entry(
        name="r3gan",
        family="adversarial",
        summary="Each sample against an observation, with a critic that is flat on both sides.",
        use="Take it where gan drops modes or does not come to rest: pairs of samples are "
        "compared, and the critic is flat on both sides. It costs two penalties with second "
        "derivatives in each round.",
        formula=game(
            f"{RELATIVISTIC} + 0.05·Var(x)·E_q‖∇D‖² + 0.05·Var(x)·E_p‖∇D‖²", P_RELATIVISTIC
        ),
        reference="Huang et al. 2024, arXiv 2501.05441",
        function="kullback.models.adversarial:r3gan",
        settings=Relativistic,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.0, 0.99),
    ),
    Entry(
        name="cgan",
        family="adversarial",
        summary="A generator and a critic that are told the label: samples of a class.",
        use="Take it to sample a class on request. It can forget variants of a class as any GAN "
        "can; where a class has few rows, or a likelihood is wanted, take cvae.",
        formula=game(
            FLAT_LOGISTIC,
            P_NON_SATURATING,
            on="x, y",
            q="data(x, y)",
            p="∫ data(y) p(z) p(x|z, y) dz",
        ),
        reference="Mirza & Osindero 2014, arXiv 1411.1784 (there without R1)",
        function="kullback.models.adversarial:cgan",
        settings=Regularised,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
        needs="labels",
    ),
    Entry(
        name="gan-proximal",
        family="adversarial",
        summary="A generator that stays near where it was while it learns from the critic.",
        use="Take it to study a generator that is held near where it was; it steadies a game with "
        "many generator moves a round. With one move a round and a snapshot each round its "
        "term does nothing, and a note says so.",
        formula=lines(
            game(FLAT_LOGISTIC, P_NON_SATURATING),
            "min  1·E ‖x − x_old‖²,  "
            "x and x_old of p(x|z) now and at most 1 round ago, of the same z",
        ),
        reference="Su 2018, arXiv 1807.05936",
        function="kullback.models.adversarial:gan_proximal",
        settings=Proximal,
        latent=generator,
        capabilities=IMPLICIT,
        steps=6000,
        betas=(0.5, 0.99),
        notes=_proximal_notes,
    ),
    Entry(
        name="dcgan",
        family="adversarial",
        summary="A generator and a critic for pictures, convolutional with batch normalisation.",
        use="Take it to reproduce the paper's networks on small images. Without a penalty nothing "
        "makes its game come to rest; gan has one.",
        formula=lines(
            game(LOGISTIC, P_NON_SATURATING),
            "batch statistics of the averaged p(x|z) from its own draws",
        ),
        reference="Radford et al. 2016, arXiv 1511.06434 (there 128 maps, both rates 2e-4)",
        function="kullback.models.adversarial:dcgan",
        settings=Convolutional,
        latent=generator,
        capabilities=IMPLICIT,
        steps=2000,
        batch_size=64,
        betas=(0.5, 0.999),
        needs="images",
    ),
    Entry(
        name="gan-from-data",
        family="adversarial",
        summary="A generator whose input is a row of a second data set, not noise.",
        use="Take it to see what a critic on x alone asks for: outputs look like the first set, "
        "and need have nothing to do with the rows they came from. To translate take cyclegan.",
        formula=game(FLAT_LOGISTIC, P_NON_SATURATING, p="∫ data(source) p(x|source) dsource"),
        reference="Goodfellow et al. 2014, arXiv 1406.2661 (there with noise)",
        function="kullback.models.adversarial:gan_from_data",
        settings=FromObservations,
        latent=None,
        capabilities=("sample",),
        steps=6000,
        betas=(0.5, 0.99),
        needs="source",
    ),
)
