"""Claims about modes, and about VAEs and GANs side by side."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="B2-modes",
        chapter="gan",
        says=Words(
            "Samples that find every mode, and share themselves out among the modes as the data "
            "do, are good samples.",
            "样本覆盖了所有模式，且在各模式间的分配与数据一致，就是好样本。",
        ),
        formula="truth: P(within 3σ) = 1 − e^{−9/2} = .9889;  E KL(shares ‖ weights) ≈ (M − 1)/2n",
        reference="Lin et al. 2018, arXiv 1712.04086",
        experiment="modes:measures_of_modes",
        statements=(
            Statement(
                Words(
                    "A circle without features has all 8 modes and a reverse KL at the floor of "
                    "true data; its samples, then, are good as the truth's are.",
                    "一个毫无特征的圆覆盖全部 8 个模式，反向 KL 也处于真实数据的下限；"
                    "那么它的样本应当和真实数据一样好。",
                ),
                (
                    near("circle_modes", 8, 0),
                    below("circle_reverse_kl", 0.0037),
                    above("circle_high_quality", 0.95),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "7.6 % of them are good, where the truth scores 98.89 % and not 100: the three "
                "numbers are to be read together, beside those of true data. A ring drawn at "
                "linspace(0, 2π, 8) has 7 modes. And a generator that is fed one Gaussian has to "
                "bridge the grid's modes: coordinate by coordinate it takes a slope of 94 for 95 % "
                "to be good.",
                "其中只有 7.6% 是好样本，而真实数据是 98.89%（不是 100%）：三个数必须一起看，并与"
                "真实数据的数值并列。用 linspace(0, 2π, 8) 画的环只有 7 个模式。输入是一个高斯的生"
                "成器必须在网格的模式之间架桥：逐坐标生成时，要有 95 % 的好样本，桥的斜率须达 94。",
            ),
            (
                near("circle_high_quality", 0.0764, 0.005),
                near("truth_high_quality", 0.9889, 0.002),
                near("ring_floor", 0.0014, 1e-4),
                near("ring_floor_99", 0.0037, 3e-4),
                near("grid_floor", 0.0048, 1e-4),
                near("grid_floor_99", 0.0086, 3e-4),
                near("slope_for_95_percent_on_the_grid", 94, 1),
                near("modes_of_closed_linspace", 7, 0),
                near("modes_of_ring", 8, 0),
            ),
        ),
        expected={"slope_for_95_percent_on_the_grid": 100},
        source="closed form",
        figure="modes:draw_measures_of_modes",
    ),
    Claim(
        id="C68",
        chapter="gan",
        says=Words(
            "A VAE is stable and a GAN is not: trained again it comes out otherwise.",
            "VAE 的稳定性很强；GAN 稳定性不好，很难训练，换个种子结果就不同。",
        ),
        formula="standard deviation over seeds of KL(shares of modes ‖ weights), in nats",
        reference="Lucic et al. 2018, arXiv 1711.10337",
        experiment="coverage:spread_of_trainings",
        statements=(
            Statement(
                Words(
                    "Three trainings of a VAE share the modes out alike, to within .01 nats.",
                    "VAE 的三次训练在各模式间的分配一致，相差不到 .01 奈特。",
                ),
                (below("vae_reverse_kl_spread", 0.01), below("vae_modes_spread", 0.5)),
            ),
            Statement(
                Words(
                    "Three trainings of a plain GAN do not.",
                    "普通 GAN 的三次训练则不一致。",
                ),
                (above("gan_reverse_kl_spread", 0.01),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="coverage:draw_spread_of_trainings",
    ),
    Claim(
        id="C69",
        chapter="gan",
        says=Words(
            "A GAN is sharper than a VAE but drops modes.",
            "GAN 的效果比 VAE 锐利，但容易丢失模式。",
        ),
        formula="VAE: KL(data ‖ p), which covers;  GAN: 2 KL(m ‖ data), m = ½(data + p)",
        reference="Lin et al. 2018, arXiv 1712.04086",
        experiment="coverage:covering_and_sharp",
        statements=(
            Statement(
                Words(
                    "Of the GAN's samples more are good than of the VAE's.",
                    "GAN 的高质量样本比例高于 VAE。",
                ),
                (above("gan_quality_minus_vae", 0.05),),
            ),
            Statement(
                Words(
                    "The VAE finds all 8 modes, each with its share.",
                    "VAE 覆盖全部 8 个模式，且各占应有的份额。",
                ),
                (above("vae_modes", 8), below("vae_reverse_kl", 0.02)),
            ),
            Statement(
                Words(
                    "The GAN drops modes.",
                    "GAN 丢失了一些模式。",
                ),
                (below("gan_modes", 7.5),),
            ),
        ),
        correction=Statement(
            Words(
                "On this ring it finds them all, but shares its samples out among them unequally: "
                "a reverse KL of over .02 nats, where the VAE's is under.",
                "在这个环上它找到了全部模式，但样本在各模式间分配不均：反向 KL 在 .02 奈特以上，"
                "而 VAE 的在其下。",
            ),
            (above("gan_modes", 7.5), above("gan_reverse_kl", 0.02)),
        ),
        source="expectation",
        neural=True,
        seeds=5,
        figure="coverage:draw_covering_and_sharp",
    ),
)
