"""Claims about the Wasserstein distance, and a critic that measures it."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="P-wgan-line",
        chapter="wasserstein",
        says=Words(
            "On two parallel lines KL and JS do not see how far apart these are; the Wasserstein "
            "distance does.",
            "对两条平行线，KL 与 JS 看不出相距多远，Wasserstein 距离可以。",
        ),
        formula="(0, U) and (θ, U):  KL = ∞,  JS = log 2,  W₁ = |θ|   for θ ≠ 0",
        reference="Arjovsky, Chintala & Bottou 2017, arXiv 1701.07875, example 1",
        experiment="two_lines:distances_of_lines",
        statements=(
            Statement(
                Words(
                    "KL is infinite and JS log 2 at every θ but 0, where both are 0.",
                    "除 θ = 0（两者为 0）外，KL 无穷大，JS 为 log 2。",
                ),
                (
                    near("share_of_infinite_kl", 1.0, 0.0),
                    near("kl_at_0", 0.0, 1e-12),
                    near("js_less_log_2", 0.0, 1e-12),
                    near("js_at_0", 0.0, 1e-12),
                    below("range_of_js", 1e-12),
                ),
            ),
            Statement(
                Words(
                    "W₁ is |θ|, by transport and by the best critic, whose slope leads to θ = 0.",
                    "W₁ = |θ|，用最优运输与最优判别器都得到；后者的梯度指向 θ = 0。",
                ),
                (
                    near("w1_less_shift", 0.0, 1e-9),
                    near("w1_less_its_dual", 0.0, 1e-9),
                    near("least_slope_of_w1", 1.0, 1e-9),
                ),
            ),
        ),
        source="publication",
        figure="two_lines:draw_distances_of_lines",
    ),
    Claim(
        id="C24",
        chapter="wasserstein",
        says=Words(
            "A critic is a distance that is learned: where JS is flat, its loss still tells how "
            "far.",
            "判别器是训练出来的度量：JS 不变时，它的损失仍能说明距离有多远。",
        ),
        formula="(E_q D − E_p D) / E‖∇D(x̂)‖  against  W₁,  N(0, .1²) and N(θ, .2²)",
        reference="Arjovsky et al. 2017, arXiv 1701.07875; Stanczuk et al. 2021, 2103.01678",
        experiment="learned_distance:distance_by_a_critic",
        statements=(
            Statement(
                Words(
                    "Divided by its mean slope, WGAN-GP's estimate follows W₁ for θ ≤ 5.",
                    "θ ≤ 5 时，WGAN-GP 的估计除以平均坡度后与 W₁ 一致。",
                ),
                (near("slope", 1, 0.15), above("correlation", 0.99)),
            ),
            Statement(
                Words(
                    "JS is the same for all of these from θ = 1 on.",
                    "θ ≥ 1 时 JS 几乎不变。",
                ),
                (below("spread_of_js", 0.01),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="learned_distance:draw_distance_by_a_critic",
    ),
)
