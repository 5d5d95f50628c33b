"""Games in noise: the critic sees data and samples with noise on both."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from kullback.data.outline import Outline
from kullback.errors import BadInput
from kullback.models.entry import IMPLICIT, Entry
from kullback.models.settings import Generating, Rate, Size
from kullback.models.tables.formulas import P_RELATIVISTIC, RELATIVISTIC, game
from kullback.models.tables.latent import points

_ON_IMAGES = {"lr": 2e-3, "critic_lr": 2e-3, "smallest": 0.002, "largest": 0.2}


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
        1e-3,
        description="the first learning rate, which falls to 0; where noise of every size is told "
        "of images .002, if not given",
    )
    critic_lr: Rate = Field(
        1e-3, description="the critic's first learning rate, on images as for lr"
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
    smallest: Rate = Field(
        0.007,
        description="the smallest size of the noise that is told, in units of σ, the root of the "
        "data's total variance Var(x); on images .002, if not given",
    )
    largest: Rate = Field(
        2.1,
        description="the largest size of the noise, or the first, in the same units; the largest "
        "that is told on images .2, if not given",
    )
    gamma: Rate = Field(
        5.0, description="weight of the critic's squared slope in units of the noise that is told"
    )

    def defaults(self, outline: Outline, rate: float) -> dict[str, Any]:
        found = super().defaults(outline, rate)
        given = self.model_fields_set
        if self.noise == "annealed":
            for name in ("smallest", "gamma"):
                if name in given:
                    value = getattr(self, name)
                    raise BadInput(f"{name}={value:g} has no meaning where noise=annealed")
            return found
        if outline.space.is_image:
            found |= {name: value for name, value in _ON_IMAGES.items() if name not in given}
        smallest, largest = (
            found.get(name, getattr(self, name)) for name in ("smallest", "largest")
        )
        if smallest > largest:
            raise BadInput(f"smallest={smallest:g} is larger than largest={largest:g}")
        return found


ENTRIES = (
    Entry(
        name="gan-noise",
        family="adversarial",
        summary="Data and samples with noise of every size: finds all modes, and makes each sharp.",
        use="Take it first among the GANs: noise on both sides gives them a common support, so "
        "that distant and narrow modes are found. On images, whose noise is from .002σ to .2σ, it "
        "takes some thousand rounds to come near gan and r3gan.",
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
