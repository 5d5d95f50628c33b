"""Models of two data sets: a generator that is given a row of the second."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kullback.models.entry import IMPLICIT, Entry
from kullback.models.settings import FromObservations, Number, Rate
from kullback.models.tables.formulas import (
    FLAT_LOGISTIC,
    LOGISTIC,
    P_NON_SATURATING,
    Q_NON_SATURATING,
    game,
    lines,
)
from kullback.models.tables.latent import half


class Translating(FromObservations):
    """Generators that are given a row of another data set."""

    lr: Rate | None = Field(1e-3, description="the first learning rate, which falls to 0")
    critic_lr: Rate = Field(1e-3, description="the critic's first learning rate")
    l1: Rate = Field(100.0, description="weight of the mean absolute error, in nats")


class Cycling(Translating):
    """Generators without pairs; a larger weight of the cycle settles it before the games are."""

    l1: Rate = Field(10.0, description="weight of the mean absolute error there and back, in nats")


class Varied(Translating):
    """Generators with a latent that an encoder reads from the data."""

    beta: Annotated[Number, Field(ge=0)] = Field(0.1, description="weight of the KL term")
    regression: Annotated[Number, Field(ge=0)] = Field(
        0.1, description="weight of finding the latent of a sample again"
    )


_MADE = "data(source) p(z) p(x|source, z)"
_GAME_ON_PAIRS = game(
    FLAT_LOGISTIC, P_NON_SATURATING, on="x, source", q="data(x, source)", p=f"∫ {_MADE} dz"
)

ENTRIES = (
    Entry(
        name="paired-gan",
        family="translation",
        summary="Rows of one set from those of another that correspond, by a critic on pairs.",
        use="Take it to translate rows where each has its counterpart and one good answer will "
        "do: outputs for one source hardly vary. Where many answers are right take bicycle.",
        formula=lines(
            f"min  E_q −log p(x|source, z),  q = data(x, source) q(z),  p = {_MADE}",
            _GAME_ON_PAIRS,
        ),
        reference="Isola et al. 2017, arXiv 1611.07004 (there λ = 100)",
        function="kullback.models.translation:paired_gan",
        settings=Translating,
        latent=half,
        capabilities=IMPLICIT,
        steps=4000,
        batch_size=32,
        betas=(0.5, 0.99),
        needs="paired source",
    ),
    Entry(
        name="bicycle",
        family="translation",
        summary="As paired-gan, with several outputs for one input, told apart by a latent.",
        use="Take it to translate paired rows where one source has many right answers, a half to "
        "be completed, an outline to be filled. It needs more rounds than paired-gan before "
        "outputs are clean.",
        formula=lines(
            "min  E_q −log p(x|source, z) + 0.1·E_q KL(q(z|x) ‖ p(z)),  "
            f"q = data(x, source) q(z|x),  p = {_MADE}",
            f"min  0.1·E_p log p(z)/q(z|x),  p = {_MADE},  q = data(x, source) q(z|x)",
            _GAME_ON_PAIRS,
        ),
        reference="Zhu et al. 2017, arXiv 1711.11586 (there λ = 10, .01, .5)",
        function="kullback.models.translation:bicycle",
        settings=Varied,
        latent=half,
        capabilities=IMPLICIT,
        steps=4000,
        batch_size=32,
        betas=(0.5, 0.99),
        needs="paired source",
    ),
    Entry(
        name="cyclegan",
        family="translation",
        summary="Two sets without pairs, each translated to the other and back.",
        use="Take it where two sets show the same things in two ways and no rows correspond. Any "
        "one-to-one map that keeps both laws will do, so what is kept of a row is chosen by "
        "the networks, not by the loss.",
        formula=lines(
            "min  E_q −log p(x|source),  q = data(x) q(source|x),  p = data(source) p(x|source)",
            "min  E_p −log q(source|x),  p = data(source) p(x|source),  q = data(x) q(source|x)",
            game(FLAT_LOGISTIC, P_NON_SATURATING, p="∫ data(source) p(x|source) dsource"),
            game(
                f"{LOGISTIC} + 0.5·E_p‖∇D‖²",
                Q_NON_SATURATING,
                on="source",
                q="∫ data(x) q(source|x) dx",
                p="data(source)",
            ),
        ),
        reference="Zhu et al. 2017, arXiv 1703.10593 (there λ = 10)",
        function="kullback.models.translation:cyclegan",
        settings=Cycling,
        latent=None,
        capabilities=("sample",),
        steps=4000,
        batch_size=32,
        betas=(0.5, 0.99),
        needs="source",
    ),
    Entry(
        name="denoising-gan",
        family="translation",
        summary="Damaged rows restored: a critic on what comes out, and the error of each pair.",
        use="Take it to mend damage of which there are examples. Without the error against the "
        "true row the critic would accept any clean row, not the one that was damaged.",
        formula=lines(
            "min  KL( data(x, source) ‖ data(source) p(x|source) )",
            game(FLAT_LOGISTIC, P_NON_SATURATING, p="∫ data(source) p(x|source) dsource"),
        ),
        reference="Pathak et al. 2016, arXiv 1604.07379",
        function="kullback.models.translation:denoising_gan",
        settings=Translating,
        latent=None,
        capabilities=("sample",),
        steps=4000,
        batch_size=32,
        betas=(0.5, 0.99),
        needs="paired source",
    ),
)
