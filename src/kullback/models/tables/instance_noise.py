"""Games in noise: the critic sees data and samples with noise on both."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from kullback.data.outline import Outline
from kullback.errors import BadInput
from kullback.models.entry import IMPLICIT, Entry
from kullback.models.settings import Generating, Rate, Size
from kullback.models.tables.formulas import P_RELATIVISTIC, RELATIVISTIC, game
from kullback.models.tables.latent import points


_POINTS = {"lr": 1e-3, "critic_lr": 1e-3, "smallest": 0.007, "largest": 2.1, "gamma": 5.0}
_IMAGES = {"lr": 2e-3, "critic_lr": 2e-3, "smallest": 0.002, "largest": 0.2, "gamma": 5.0}


class Noisy(Generating):
    """Generators whose critic sees data and samples with noise."""

    hidden: list[Size] | None = Field(
        None,
        description="widths of the hidden layers of the critic and of each of the generator's two "
        "corrections, the first of them that of its draft too; not given, 128, 128, 128 and 128, "
        "128. Images and data in [0, 1], which are not corrected, and annealed noise have the "
        "usual networks: not given, images of more than 800 values get convolutions, everything "
        "else two layers; [] makes them affine",
    )
    lr: Rate | None = Field(
        None,
        description="the first learning rate, which falls to 0; not given, .001, for images .002",
    )
    critic_lr: Rate | None = Field(  # type: ignore[assignment]
        None, description="the critic's first learning rate; not given, as the generator's default"
    )
    clip: Rate | None = Field(
        1.0,
        description="largest norm of each player's gradient; the slopes of a draft and its "
        "corrections multiply",
    )
    noise: Literal["told", "annealed"] = Field(
        "told",
        description="told: noise of every size, which the critic is told; annealed: of one size, "
        "which falls to 0",
    )
    smallest: Rate | None = Field(
        None,
        description="the smallest size of the noise that is told, in units of σ, the root of the "
        "data's total variance Var(x); not given, .007, for images .002",
    )
    largest: Rate | None = Field(
        None,
        description="the largest size of the noise, or the first, in the same units; not given, "
        "2.1, for images .2",
    )
    gamma: Rate | None = Field(
        None,
        description="weight of the critic's squared slope in units of the noise that is told; not "
        "given, 5",
    )

    @model_validator(mode="after")
    def _told_sizes_are_told(self) -> Self:
        if self.noise == "annealed":
            for name in ("smallest", "gamma"):
                value = getattr(self, name)
                if value is not None:
                    raise ValueError(f"{name}={value:g} has no meaning where noise=annealed")
        return self

    def follows(self, outline: Outline, rate: float) -> dict[str, Any]:
        usual = _IMAGES if outline.space.is_image else _POINTS
        if self.noise == "annealed":
            usual = {name: usual[name] for name in ("lr", "critic_lr", "largest")}
        given = self.model_dump(include=set(usual), exclude_none=True)
        found = usual | given
        if found.get("smallest", 0.0) > found["largest"]:
            raise BadInput(
                f"gan-noise: smallest={found['smallest']:g} is larger than "
                f"largest={found['largest']:g}"
            )
        return super().follows(outline, rate) | found


ENTRIES = (
    Entry(
        name="gan-noise",
        family="adversarial",
        summary="Data and samples with noise of every size: finds all modes, and makes each sharp.",
        use="Take it first among the GANs: noise on both sides gives them a common support, so "
        "that distant and narrow modes are found. The critic sees noise of every size, so "
        "fine texture takes longer to learn.",
        formula=game(
            f"{RELATIVISTIC} + 2.5·E_q‖s∇D‖² + 2.5·E_p‖s∇D‖²",
            P_RELATIVISTIC,
            seen="x + sε and s, log s ~ U[log 0.007σ, log 2.1σ], σ² = Var(x)",
        ),
        reference="Sønderby et al. 2017, arXiv 1610.04490; Wang et al. 2023, arXiv 2206.02262; "
        "Huang et al. 2024, arXiv 2501.05441",
        function="kullback.models.instance_noise:gan_noise",
        settings=Noisy,
        latent=points,
        capabilities=IMPLICIT,
        steps=8000,
        batch_size=1024,
        image_batch_size=64,
        betas=(0.0, 0.99),
        compile_pays=True,
        recommended=True,
    ),
)
