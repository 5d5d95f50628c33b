"""Claims about a Gaussian posterior: how it is said, drawn from and penalised."""

from __future__ import annotations

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C56",
        chapter="autoencoders",
        says=Words(
            "The encoder says log σ² and not σ²: that can have either sign and needs no "
            "activation.",
            "编码器拟合 log σ² 而不是 σ²：前者可正可负，不需要加激活函数。",
        ),
        formula="σ² = exp(s), s any number;  softplus(s);  or s itself",
        reference="Su Jianlin 2018, kexue.fm/archives/5253",
        experiment="variances:ways_to_say_a_variance",
        statements=(
            Statement(
                Words(
                    "A raw σ² turns negative while it learns, and the loss is no number.",
                    "直接输出 σ² 会在训练途中变成负数，损失不再是数。",
                ),
                (below("finite_steps_raw", 299),),
            ),
            Statement(
                Words(
                    "log σ² learns without an activation, well within the ±14 that the library "
                    "holds it to.",
                    "log σ² 不加激活函数即可训练，且远未触及本库设定的 ±14 界限。",
                ),
                (above("finite_steps_log", 300), below("largest_size_of_log_variance", 12)),
            ),
            Statement(
                Words(
                    "So does σ² through a softplus.",
                    "σ² 经过 softplus 也可以。",
                ),
                (above("finite_steps_softplus", 300),),
            ),
            Statement(
                Words(
                    "Loss and draw have to mean the same σ: eˢ − (1 + s) + μ² is twice the KL of "
                    "μ + e^{s/2}ε, and not, as it is printed, of μ + eˢε: .718 and 4.389 at s = 1.",
                    "损失与采样里的 σ 必须是同一个量：eˢ − (1 + s) + μ² 是 μ + e^{s/2}ε 的 KL 的两"
                    "倍，而不是（如某教程所印）μ + eˢε 的：s = 1 时分别为 .718 与 4.389。",
                ),
                (
                    near("printed_loss_at_1", 0.718, 5e-4),
                    near("twice_the_kl_if_log_variance", 0.718, 5e-4),
                    near("twice_the_kl_if_log_deviation", 4.389, 5e-4),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="variances:draw_ways_to_say_a_variance",
    ),
    Claim(
        id="C57",
        chapter="autoencoders",
        says=Words(
            "Drawing z cannot be differentiated, so that the reparameterisation z = μ + σε is "
            "necessary.",
            "“采样”这个操作不可导，因此重参数技巧 z = μ + σε 是必须的。",
        ),
        formula="∇ E f(z) = E ∇f(μ + σε) = E f(z) ∇log q(z),  z ~ q = N(μ, σ²)",
        reference="Kingma & Welling 2014, arXiv 1312.6114, sec. 2.2; Williams 1992",
        experiment="gradients:gradients_of_an_expectation",
        statements=(
            Statement(
                Words(
                    "A draw without a path to μ and σ gives them the gradient 0.",
                    "切断了通往 μ、σ 的路径的采样，梯度恒为 0。",
                ),
                (near("detached_gradient", 0, 0),),
            ),
            Statement(
                Words(
                    "With the path, z = μ + σε, the gradient is right in the mean.",
                    "有了路径 z = μ + σε，梯度在平均意义下是正确的（无偏）。",
                ),
                (
                    below("pathwise_error_in_standard_errors", 4),
                    near("pathwise_share_of_gradient", 1, 0.03),
                ),
            ),
            Statement(
                Words(
                    "Without it there is no gradient to learn by.",
                    "没有它就得不到可供学习的梯度。",
                ),
                (below("score_share_of_gradient", 0.01),),
            ),
        ),
        correction=Statement(
            Words(
                "The score f(z) ∇log q(z) needs no path and is right in the mean too, at many "
                "times the variance (less with a baseline): the trick is better, not necessary.",
                "得分函数估计 f(z) ∇log q(z) 不需要路径，同样无偏，只是方差大好几倍"
                "（减去基线后会小一些）：重参数更好，但并非必须。",
            ),
            (
                below("score_error_in_standard_errors", 4),
                near("score_share_of_gradient", 1, 0.1),
                above("variance_ratio", 5),
            ),
        ),
        source="proof",
        figure="gradients:draw_gradients_of_an_expectation",
    ),
    Claim(
        id="C70",
        chapter="autoencoders",
        says=Words(
            "One draw of z for each row is enough to learn by.",
            "每个样本只采样一次 z 就足够了。",
        ),
        formula="E log p(x|z) ≈ (1/K) Σ_k log p(x|z_k),  z_k ~ q(z|x)",
        reference="Kingma & Welling 2014, arXiv 1312.6114, sec. 2.3",
        experiment="latent_draws:draws_of_the_latent",
        statements=(
            Statement(
                Words(
                    "VAEs taught by K = 1 and by K = 10 have the same held-out ELBO, to "
                    "within 1 %.",
                    "K = 1 与 K = 10 训练出的 VAE，测试 ELBO 相差不到 1%。",
                ),
                (below("relative_difference", 0.01),),
            ),
            Statement(
                Words(
                    "It has to be a draw of q(z|x): from draws of the prior the decoder learns "
                    "the mean of x.",
                    "但必须从 q(z|x) 采样：若从先验采样，解码器只学到 x 的均值。",
                ),
                (
                    below("prior_spread_of_decoded", 0.05),
                    near("prior_error_over_variance", 1, 0.02),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="latent_draws:draw_draws_of_the_latent",
    ),
    Claim(
        id="C55",
        chapter="autoencoders",
        says=Words(
            "With two penalties in place of the KL the ratio of their weights has to be chosen, "
            "and the choice matters; the KL's own ratio is 2:1.",
            "若用两项惩罚代替 KL，就面临比例如何选取的问题，选得好坏会影响结果；"
            "KL 本身对应的比例是 2:1。",
        ),
        formula="½‖μ‖² + b‖s‖² against KL = ½Σ(μ² + eˢ − s − 1),  s = log σ²",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 3 and 4",
        experiment="penalties:ratio_of_penalties",
        statements=(
            Statement(
                Words(
                    "The ratio trades reconstruction for KL(q(z) ‖ p(z)), more than a nat of "
                    "either: of eight ratios from 1:2 to 128:1 half or more are on the Pareto "
                    "front.",
                    "比例使重构与 KL(q(z) ‖ p(z)) 此消彼长，两者的变化都超过 1 奈特：从 1:2 到 "
                    "128:1 的八个比例中，至少一半在帕累托前沿上。",
                ),
                (
                    above("range_of_aggregate_kl", 1),
                    above("range_of_reconstructions", 1),
                    above("points_on_the_front", 4),
                ),
            ),
            Statement(
                Words(
                    "Of all ratios 2:1 comes nearest to what the KL gives, in reconstruction and "
                    "in KL(q(z) ‖ p(z)).",
                    "在重构与 KL(q(z) ‖ p(z)) 上，最接近 KL 结果的比例是 2:1。",
                ),
                (below("distance_at_2_over_least", 1),),
            ),
        ),
        correction=Statement(
            Words(
                "2:1 is the ratio of the KL's curvatures at the prior. At codes as certain as "
                "these it is nearer 8:1, as (eˢ − s − 1)/2s² says, and 8:1 comes to the KL's "
                "result at half the distance or less; the nearest of all is between 4:1 and 32:1.",
                "2:1 是 KL 在先验处两个曲率之比。编码这样确定时，由 (eˢ − s − 1)/2s² 可知"
                "比例接近 8:1；实测 8:1 与 KL 结果的距离不到 2:1 的一半，最接近的比例在 4:1 与 "
                "32:1 之间。",
            ),
            (
                near("ratio_at_the_prior", 2, 1e-6),
                near("kl_at_log_variance_-6", 2.50, 5e-3),
                near("its_expansion_at_log_variance_-6", 9.0, 1e-9),
                above("ratio_at_the_codes", 4),
                below("distance_at_8_over_that_at_2", 0.5),
                Check("nearest_ratio", 4, 32),
            ),
        ),
        expected={"nearest_ratio": 2},
        source="expectation",
        neural=True,
        figure="penalties:draw_ratio_of_penalties",
    ),
    Claim(
        id="C58",
        chapter="autoencoders",
        says=Words(
            "Posteriors cannot be uniform: wherever two uniform laws differ, the KL is infinite.",
            "后验分布不能取均匀分布：两个均匀分布只要不一致，KL 散度就是无穷大。",
        ),
        formula="KL(U(a, b) ‖ U(0, 1)) = −log(b − a) for 0 ≤ a < b ≤ 1, else ∞",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 7",
        experiment="shapes:uniform_posteriors",
        statements=(
            Statement(
                Words(
                    "A uniform posterior that leaves the support of a uniform prior has an "
                    "infinite KL, and a VAE with that prior has no finite loss at its start.",
                    "均匀后验一旦越出均匀先验的支撑集，KL 就是无穷大；"
                    "采用该先验的 VAE 一开始就没有有限的损失。",
                ),
                (
                    near("kl_outside_is_infinite", 1, 0),
                    near("loss_is_finite_under_uniform_prior", 0, 0),
                ),
            ),
            Statement(
                Words(
                    "U(.2, .5) and U(0, 1) differ, and their KL is infinite.",
                    "U(.2, .5) 与 U(0, 1) 不一致，故 KL 为无穷大。",
                ),
                (near("kl_inside_is_infinite", 1, 0),),
            ),
        ),
        correction=Statement(
            Words(
                "Inside the support it is −log .3 = 1.204, and against a normal prior finite "
                "everywhere: what counts is the prior's support, not the posterior's shape.",
                "在支撑集之内，KL 为 −log .3 = 1.204；先验若是正态分布，KL 处处有限："
                "关键在于先验的支撑集，而不在于后验的形状。",
            ),
            (
                near("kl_inside", 1.204, 1e-3),
                near("kl_to_normal", 1.4648, 1e-3),
                near("kl_to_normal_by_quadrature", 1.4648, 1e-3),
                near("loss_is_finite_under_normal_prior", 1, 0),
                near("kl_inside_is_infinite", 0, 0),
            ),
        ),
        source="closed form",
        figure="shapes:draw_uniform_posteriors",
    ),
)
