"""Claims about all posteriors together, and the prior."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C49",
        chapter="autoencoders",
        says=Words(
            "The VAE makes every q(z|x) standard normal, and so their mean q(z) is the prior.",
            "VAE 让所有的后验都向标准正态分布看齐，于是它们的平均 q(z) 就是先验。",
        ),
        formula="E KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z))",
        reference="Hoffman & Johnson 2016, ELBO surgery",
        experiment="posteriors:aggregate_and_posteriors",
        statements=(
            Statement(
                Words(
                    "q(z) has mean 0 and deviation 1, to within .15, and its KL is a tenth of the "
                    "posteriors' mean KL at most.",
                    "q(z) 的均值为 0、标准差为 1，误差在 .15 以内；它的 KL 不超过各后验平均 KL 的"
                    "十分之一。",
                ),
                (
                    near("aggregate_mean_off", 0, 0.15),
                    near("aggregate_deviation", 1, 0.15),
                    below("share_of_mismatch", 0.1),
                ),
            ),
            Statement(
                Words(
                    "Each q(z|x) is near N(0, 1): their mean KL is below 1 nat.",
                    "每个 q(z|x) 都接近 N(0, 1)：平均 KL 小于 1 奈特。",
                ),
                (below("mean_kl", 1),),
            ),
        ),
        correction=Statement(
            Words(
                "It is only the aggregate that has to match. Each posterior is more than 1 nat "
                "from the prior, and nearly all of that is information about x.",
                "需要匹配的只是聚合后验。每个后验离先验都超过 1 奈特，而这几乎全是关于 x 的信息。",
            ),
            (above("mean_kl", 1), above("information", 1), below("share_of_mismatch", 0.1)),
        ),
        source="expectation",
        neural=True,
        figure="posteriors:draw_aggregate_and_posteriors",
    ),
    Claim(
        id="C50",
        chapter="autoencoders",
        says=Words(
            "The posteriors cannot all be N(0, I): they would not depend on x, and reconstruction "
            "would be as bad as can be.",
            "后验不可能全都等于标准正态分布，否则就与 x 无关，重构效果将会极差。",
        ),
        formula="R² = 1 − E‖x − x̂‖² / Var x  and  E KL(q(z|x) ‖ p(z)),  against β",
        reference="Higgins et al. 2017 (β-VAE); Lucas et al. 2019, arXiv 1911.02469",
        experiment="posteriors:reconstruction_against_beta",
        statements=(
            Statement(
                Words(
                    "At β = 100 all posteriors are the prior, and R² is 0.",
                    "β = 100 时所有后验都等于先验，R² 为 0。",
                ),
                (below("kl_at_100", 0.02), below("r2_at_100", 0.02)),
            ),
            Statement(
                Words(
                    "At β = 1, with σ = .3, they are not, and R² is above .95.",
                    "β = 1（σ = .3）时它们不等于先验，R² 在 .95 以上。",
                ),
                (above("kl_at_1", 1), above("r2_at_1", 0.95)),
            ),
        ),
        expected={"r2_at_100": 0, "kl_at_100": 0},
        source="expectation",
        neural=True,
        figure="posteriors:draw_reconstruction_against_beta",
    ),
    Claim(
        id="C59",
        chapter="autoencoders",
        says=Words(
            "In the whole model the assumption that p(z) is normal is never used, and does not "
            "really matter: it is q(z|x) that is assumed to be normal.",
            "在整个 VAE 模型中，并没有去使用 p(z) 是正态分布的假设，用的是后验分布是正态分布的"
            "假设。",
        ),
        formula="E −log p(x|z) + E KL(q(z|x) ‖ p(z)):  p(z) enters by the KL",
        reference="Tomczak & Welling 2018, arXiv 1705.07120",
        experiment="posteriors:other_prior",
        statements=(
            Statement(
                Words(
                    "With a prior of two peaks, all else the same, codes still lie between the "
                    "peaks: a quarter of q(z) or more within ±½.",
                    "先验换成双峰而其余不变时，编码照样落在两峰之间：±½ 之内占四分之一以上。",
                ),
                (above("mass_between_the_peaks_of_two", 0.25),),
            ),
        ),
        correction=Statement(
            Words(
                "The prior enters by the KL, and codes go where it has its mass: under N(0, 1) a "
                "quarter of them or more lie within ±½, under two peaks .15 at most.",
                "先验经由 KL 项进入模型，编码会去先验有质量的地方：先验为 N(0, 1) 时 ±½ 之内占"
                "四分之一以上，双峰时至多 .15。",
            ),
            (
                above("mass_between_the_peaks_of_one", 0.25),
                below("mass_between_the_peaks_of_two", 0.15),
            ),
        ),
        source="proof",
        neural=True,
        figure="posteriors:draw_other_prior",
    ),
    Claim(
        id="C60",
        chapter="autoencoders",
        says=Words(
            "If z is drawn from p(z), one law for all, there is no knowing which x it belongs to.",
            "从同一个先验 p(z) 采样的 z，无从知道它对应哪个真实的 x。",
        ),
        formula="min_g E‖x − g(z)‖² = E Var(x|z),  at  g(z) = E[x|z]",
        reference="the conditional mean minimises the squared error",
        experiment="information:codes_of_one_law",
        statements=(
            Statement(
                Words(
                    "With codes from one law the best decoder gives the mean picture, and its "
                    "error is the variance of the data.",
                    "编码同分布时，最优解码器只会给出平均图，误差等于数据的方差。",
                ),
                (near("error_of_shared_codes", 1, 1e-5), below("from_the_mean_picture", 1e-6)),
            ),
            Statement(
                Words(
                    "With a narrow law for each picture it errs by less than 1 % of that.",
                    "每张图有自己的窄分布时，误差不到它的 1 %。",
                ),
                (below("error_of_own_codes", 0.01),),
            ),
        ),
        figure="information:draw_codes_of_one_law",
    ),
    Claim(
        id="C52",
        chapter="autoencoders",
        says=Words(
            "However many dimensions the latent has, as long as it can be drawn from, the result "
            "does not suffer.",
            "隐变量的维度再高，只要能采样，都不影响结果。",
        ),
        formula="−ELBO(d) of held-out rows",
        reference="Lucas et al. 2019, arXiv 1911.02469",
        experiment="dimensions:more_dimensions",
        statements=(
            Statement(
                Words(
                    "Data with three linear factors: six dimensions cost no more than three, to "
                    "within .1 nats.",
                    "三个线性因子的数据：六维与三维的代价相差不到 .1 奈特。",
                ),
                (near("factors_nats_lost_at_6", 0, 0.1),),
            ),
            Statement(
                Words(
                    "The moon, with one degree of freedom and a plain KL: eight dimensions cost no "
                    "more than one, to within 5 %.",
                    "月亮只有一个自由度，KL 正常时：八维与一维的代价相差不到 5 %。",
                ),
                (near("plain_eight_over_one", 1, 0.05),),
            ),
            Statement(
                Words(
                    "The moon, with a KL of .09 times that weight: to within 5 %.",
                    "月亮，KL 的权重只有它的 .09 倍时：同样相差不到 5 %。",
                ),
                (near("faint_eight_over_one", 1, 0.05),),
            ),
        ),
        correction=Statement(
            Words(
                "What is left unused costs nothing, and it takes the KL to leave it unused. Where "
                "that is faint a curved set is laid through more dimensions than it needs, which "
                "takes more nats, and draws of N(0, I) miss it.",
                "闲置不用的维度没有代价，但要靠 KL 才会闲置。KL 很弱时，弯曲的数据会被铺进多余的"
                "维度：要花更多奈特，从 N(0, I) 采样也会落空。",
            ),
            (
                above("faint_eight_over_one", 1.2),
                above("faint_moons_at_1", 0.85),
                below("faint_moons_at_8", 0.65),
            ),
        ),
        source="expectation",
        neural=True,
        figure="dimensions:draw_more_dimensions",
    ),
    Claim(
        id="C62",
        chapter="autoencoders",
        says=Words(
            "Data of several classes can lie under one prior N(0, I): together the codes are it, "
            "and each class has a sector.",
            "多类数据也能共用一个先验 N(0, I)：所有编码合起来凑成标准正态，每一类各占一个扇形。",
        ),
        formula="q(z) = Σ_y q(y) q(z|y) ≈ N(0, I)",
        reference="kexue.fm/archives/5253, comments; kexue.fm/archives/7725",
        experiment="classes:one_prior",
        statements=(
            Statement(
                Words(
                    "A linear probe reads the class of held-out rows in their codes.",
                    "线性探针能从编码读出未见样本的类别。",
                ),
                (above("label_accuracy_of_codes", 0.85),),
            ),
            Statement(
                Words(
                    "Together the codes have the moments of N(0, I).",
                    "所有编码合起来具有 N(0, I) 的均值与方差。",
                ),
                (
                    below("largest_mean_of_aggregate", 0.15),
                    below("largest_error_of_variance", 0.3),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="classes:draw_one_prior",
    ),
)
