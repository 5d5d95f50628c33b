"""Claims about the joint view."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C71",
        chapter="joint",
        says=Words(
            "KL between joints is a stronger condition than KL between marginals: it is larger by "
            "the mean KL between the posteriors.",
            "联合分布的 KL 散度是比边缘分布的 KL 散度更强的条件：多出的正是后验之间 KL 的平均。",
        ),
        formula="KL(q(x,z) ‖ p(x,z)) = KL(data ‖ p(x)) + E KL(q(z|x) ‖ p(z|x))",
        reference="Su 2018, arXiv 1807.05936; Neal & Hinton 1998",
        experiment="joint_tables:chain_rule",
        statements=(
            Statement(
                Words(
                    "The identity holds on 50 pairs of random tables.",
                    "在五十对随机表上恒等式成立。",
                ),
                (near("error", 0.0, 1e-12), above("least_excess", 0.0)),
            ),
            Statement(
                Words(
                    "Marginals can be equal where joints are not.",
                    "边缘相等时联合仍可不等。",
                ),
                (
                    near("marginal_kl_of_equal_marginals", 0.0, 1e-12),
                    above("joint_kl_of_equal_marginals", 0.05),
                ),
            ),
            Statement(
                Words(
                    "EM closes the gap with each E step, and the joint KL never rises.",
                    "EM 的每个 E 步使差为零，联合 KL 从不上升。",
                ),
                (
                    near("gap_after_an_e_step", 0.0, 1e-12),
                    below("greatest_rise_in_em", 1e-12),
                ),
            ),
        ),
        figure="joint_tables:draw_chain_rule",
    ),
    Claim(
        id="C64",
        chapter="joint",
        says=Words(
            "A VAE maximises a lower bound, and not the likelihood: its estimates are biased.",
            "VAE 优化的是变分下界而不是似然本身，因此是有偏估计。",
        ),
        formula="log p(x) − ELBO(x) = KL(q(z|x) ‖ p(z|x)) ≥ 0",
        reference="Kingma & Welling 2014, arXiv 1312.6114; Lucas et al. 2019, arXiv 1911.02469",
        experiment="lower_bound:gap_of_the_bound",
        statements=(
            Statement(
                Words(
                    "An encoder that cannot be the posterior leaves a gap, and the bound is "
                    "largest at another weight (1.11) than the likelihood (1.73).",
                    "编码器取不到后验时有差距，且下界的最大值在权重 1.11，似然在 1.73。",
                ),
                (
                    above("gap_with_a_diagonal_posterior", 0.1),
                    near("gap_less_its_closed_form", 0.0, 1e-9),
                    near("best_weight_by_likelihood", 1.732, 0.011),
                    near("best_weight_by_stuck", 1.106, 0.011),
                ),
            ),
            Statement(
                Words(
                    "So does every encoder, since a bound is a bound.",
                    "任何编码器都如此，因为下界总是下界。",
                ),
                (above("gap_with_the_posterior", 1e-6),),
            ),
        ),
        correction=Statement(
            Words(
                "With the posterior for encoder the gap is 0, every draw of z has the log-weight "
                "log p(x), and both are largest at the same weight: not the bound biases, but "
                "what the encoder cannot express.",
                "编码器等于后验时差距为 0，每次采样的对数权重都是 log p(x)，两者在同一权重处最大："
                "有偏的不是下界，而是编码器表达不了的部分。",
            ),
            (
                near("gap_with_the_posterior", 0.0, 1e-9),
                near("spread_of_the_log_weight", 0.0, 1e-9),
                near("best_weight_by_tight", 1.732, 0.011),
            ),
        ),
        source="closed form",
        figure="lower_bound:draw_gap_of_the_bound",
    ),
    Claim(
        id="B2-aae",
        chapter="joint",
        says=Words(
            "An AAE is a VAE whose KL term became a game on the aggregate code: a bound on the "
            "likelihood by other means.",
            "AAE 是把 VAE 的 KL 项换成聚合编码上的对抗：换一种手段优化似然的界。",
        ),
        formula="E KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z));   an AAE keeps the second part",
        reference="Makhzani et al. 2016, arXiv 1511.05644; Hoffman & Johnson 2016",
        experiment="joint_tables:parts_of_aae",
        statements=(
            Statement(
                Words(
                    "The VAE's z-term is the information in the code plus what an AAE plays for.",
                    "VAE 的 z 项 = 编码中的互信息 + AAE 所对抗的部分。",
                ),
                (near("error_of_the_two_parts", 0.0, 1e-12),),
            ),
            Statement(
                Words(
                    "The best critic's mean logit under q is KL(q(z) ‖ p(z)) in nats.",
                    "最优判别器在 q 下的平均 logit 就是 KL(q(z) ‖ p(z))（奈特）。",
                ),
                (near("critic_less_kl", 0.0, 1e-3),),
            ),
            Statement(
                Words(
                    "Reconstruction and game together bound −E log p(x) from above.",
                    "重构与对抗之和是 −E log p(x) 的上界。",
                ),
                (above("aae_less_cross_entropy", -1e-9),),
            ),
        ),
        correction=Statement(
            Words(
                "The AAE's sum leaves I(x; z) out and falls below −E log p(x); the VAE's does not.",
                "AAE 的和略去了 I(x; z)，会低于 −E log p(x)；VAE 的不会。",
            ),
            (below("aae_less_cross_entropy", -0.1), above("vae_less_cross_entropy", -1e-9)),
        ),
        figure="joint_tables:draw_parts_of_aae",
    ),
    Claim(
        id="B2-aae-scale",
        chapter="joint",
        says=Words(
            "In an AAE the decoder may learn its own scale, as it may in a VAE.",
            "AAE 的解码器可以像 VAE 那样自己学习尺度 σ。",
        ),
        formula="−log p(x|z) = ‖x − g(z)‖²/2σ² + D log σ:  its slope grows as 1/σ², the game's not",
        reference="Makhzani et al. 2016, arXiv 1511.05644; Rybkin et al. 2021, arXiv 2006.13202",
        experiment="decoder_scale:scales_of_the_decoder",
        statements=(
            Statement(
                Words(
                    "The game on z comes out the same with σ learned and with σ fixed.",
                    "σ 可学与 σ 固定，z 上的对抗结果相同。",
                ),
                (below("z_loss_ratio", 1.15),),
            ),
        ),
        correction=Statement(
            Words(
                "As reconstruction improves σ falls, from .30 to under .20 here, the x-term grows "
                "and outweighs the game: its loss on z is half as large again as with σ = .5 "
                "fixed.",
                "重构变好时 σ 变小（此处从 .30 降到 .20 以下），x 项随之变大，压过对抗项："
                "z 上的损失比固定 σ = .5 时大一半。",
            ),
            (
                above("z_loss_ratio", 1.3),
                below("sigma_learned", 0.25),
                below("z_loss_fixed", 1.5),
            ),
        ),
        expected={"z_loss_learned": 34.9, "z_loss_fixed": 1.5},
        source="run",
        neural=True,
        figure="decoder_scale:draw_scales_of_the_decoder",
    ),
    Claim(
        id="B2-ali",
        chapter="joint",
        says=Words(
            "ALI: with a critic on (x, z), encoder and generator minimise −E_q log D − E_p log D "
            "together; the joints meet, and the encoder then inverts the generator.",
            "ALI：判别器看 (x, z)，编码器与生成器一起极小化 −E_q log D − E_p log D；"
            "两个联合分布会重合，编码器也就成了生成器的逆。",
        ),
        formula="q(x, z) = data(x) q(z|x),  p(x, z) = p(z) p(x|z),  D* = q/(q + p)",
        reference="Su 2018, arXiv 1807.05936; Dumoulin et al. 2017, arXiv 1606.00704; "
        "Li et al. 2017, arXiv 1709.01215",
        experiment="joint_tables:games_of_ali",
        statements=(
            Statement(
                Words(
                    "With the best critic and free tables this loss makes the joints equal.",
                    "判别器最优、条件分布任意时，这个损失使两个联合分布相等。",
                ),
                (below("truncated_tv", 0.1),),
            ),
            Statement(
                Words(
                    "Where the joints are equal, z tells x.",
                    "联合分布相等时，z 就能告诉我们 x。",
                ),
                (near("kl_at_0", 0.0, 1e-12), above("information_at_0", 0.1)),
            ),
        ),
        correction=Statement(
            Words(
                "Each side must move towards the other: label-swapped, minimax and full losses all "
                "make them equal, where the truncated one ends far apart. And equal joints may "
                "share nothing: in the normal case every correlation α has KL 0, with α = 0 no "
                "information. A reconstruction term prefers the larger |α|, and a generator "
                "without noise leaves |α| = 1 alone: the best α tends to 1 with it.",
                "两侧必须各自走向对方：交换标签、极小极大与完整损失都使两侧相等，"
                "截断的损失则相距很远。联合相等也可以毫无信息：正态情形任何 α 的 KL 都是 0，"
                "α = 0 时互信息为 0。重构项偏向更大的 |α|；生成器没有噪声时，只剩 |α| = 1："
                "噪声趋于 0，最优的 α 趋于 1。",
            ),
            (
                below("label_swapped_tv", 0.01),
                below("minimax_tv", 0.01),
                below("full_tv", 0.01),
                above("truncated_tv", 0.3),
                above("truncated_tv_of_z", 0.3),
                near("kl_at_0", 0.0, 1e-12),
                near("kl_at_0.9", 0.0, 1e-12),
                near("information_at_0", 0.0, 1e-12),
                near("information_at_0.9", 0.8304, 1e-3),
                near("reconstruction_error_at_0", 1.0, 1e-9),
                near("reconstruction_error_at_0.9", 0.19, 1e-9),
                near("best_alpha_with_generator_noise_0.1", 0.99499, 1e-4),
                near("best_alpha_with_generator_noise_0.001", 1.0, 1e-5),
            ),
        ),
        expected={
            "truncated_tv_of_z": 0.52,
            "label_swapped_tv": 0.0,
            "minimax_tv": 0.0,
            "full_tv": 0.0,
        },
        source="run",
        figure="joint_tables:draw_games_of_ali",
    ),
)
