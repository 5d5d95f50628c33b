"""Claims about laws that hardly meet: gradients that vanish, and noise that brings them back."""

from __future__ import annotations

from math import log

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C8",
        chapter="gan",
        says=Words(
            "Two laws on thin sets hardly meet, so their JS is log 2 wherever they lie.",
            "两个分布都很窄，交集极小，因此 JS 无论两者位于何处都等于 log 2。",
        ),
        formula="q = (0, U), p = (θ, U):  JS = log 2 unless θ = 0,  W₁ = |θ|",
        reference="Arjovsky, Chintala & Bottou 2017, arXiv 1701.07875, Example 1",
        experiment="thin_supports:parallel_lines",
        statements=(
            Statement(
                Words(
                    "A critic tells fresh points of two parallel lines apart, from θ = .1 on.",
                    "θ ≥ .1 时，判别器能分开两条平行线上的新样本。",
                ),
                tuple(above(f"fresh_accuracy_at_{d}", 0.99) for d in ("0.1", "0.3", "1")),
            ),
            Statement(
                Words(
                    "It vouches for a JS of log 2, and at θ = 0 for none.",
                    "由它得到的 JS 是 log 2；θ = 0 时为 0。",
                ),
                (
                    *(near(f"js_at_{d}", log(2), 0.02) for d in ("0.1", "0.3", "1")),
                    near("js_at_0", 0, 0.02),
                ),
            ),
            Statement(
                Words(
                    "W₁ is the distance θ itself.",
                    "W₁ 就是距离 θ 本身。",
                ),
                (
                    near("w1_at_0.1", 0.1, 1e-9),
                    near("w1_at_0.3", 0.3, 1e-9),
                    near("w1_at_1", 1, 1e-9),
                ),
            ),
        ),
        neural=True,
        figure="thin_supports:draw_parallel_lines",
    ),
    Claim(
        id="P-arjovsky-bottou",
        chapter="gan",
        says=Words(
            "Against a generator that stays, a retrained critic's error goes to 0; the saturating "
            "gradient falls by about five orders; that of −log D grows in norm and variance.",
            "生成器不动、重新训练判别器：误差降到 0；饱和损失的梯度下降约五个数量级；"
            "−log D 的梯度范数与方差都增大。",
        ),
        formula="‖∇_θ E log(1 − D(G_θ(z)))‖,  ‖∇_θ E −log D(G_θ(z))‖  while D trains",
        reference="Arjovsky & Bottou 2017, arXiv 1701.04862, Figures 1–3",
        experiment="thin_supports:retrained_critic",
        statements=(
            Statement(
                Words(
                    "The error on fresh points goes to 0, on lines and on the ring.",
                    "在线与环上，新样本的误差都降到 0。",
                ),
                (below("lines_error_at_last", 0.005), below("ring_error_at_last", 0.05)),
            ),
            Statement(
                Words(
                    "The saturating gradient falls by about five orders of magnitude on the lines.",
                    "在线上，饱和损失的梯度下降约五个数量级。",
                ),
                (above("lines_orders_saturating", 4),),
            ),
            Statement(
                Words(
                    "It does so for a curve that has begun to learn the ring as well.",
                    "对于已经开始学习环的曲线，也同样如此。",
                ),
                (above("ring_orders_saturating", 4),),
            ),
            Statement(
                Words(
                    "The gradient of −log D grows in norm and in variance.",
                    "−log D 的梯度在范数和方差上都增大。",
                ),
                (
                    above("lines_growth_of_norm", 1),
                    above("lines_growth_of_variance", 1),
                    above("ring_growth_of_norm", 1),
                    above("ring_growth_of_variance", 1),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "On the ring it falls by less than three orders, for some seeds not at all: where "
                "the curve crosses modes that have a width, a critic cannot be sure of every "
                "sample.",
                "在环上它下降不到三个数量级，有的种子甚至不降：曲线穿过有宽度的峰，"
                "判别器无法对每个样本都有把握。",
            ),
            (below("ring_orders_saturating", 3),),
        ),
        expected={"lines_orders_saturating": 5.0, "ring_orders_saturating": 5.0},
        source="publication",
        neural=True,
        figure="thin_supports:draw_retrained_critic",
    ),
    Claim(
        id="C20",
        chapter="gan",
        says=Words(
            "The GAN's loss cannot make two laws coincide: generation can fail altogether, and "
            "give black pictures where digits were asked for.",
            "GAN 的损失函数无法使两个分布重合，会出现完全失败的情况，"
            "例如要手写数字却生成黑色图片。",
        ),
        formula="data N(0, .1²), G at N(20, .1²), with the best critic",
        reference="Arjovsky & Bottou 2017, arXiv 1701.04862",
        experiment="far_generator:far_from_the_data",
        statements=(
            Statement(
                Words(
                    "Of all places for G the loss is least elsewhere than on the data.",
                    "在 G 的所有位置中，损失最小处不在数据上。",
                ),
                (above("distance_of_least_js", 0.01),),
            ),
            Statement(
                Words(
                    "A generator far from the data can stop on the way, for good.",
                    "远离数据的生成器可能停在半路，再也到不了。",
                ),
                (
                    below("saturating_slope", 1e-6),
                    above("end_of_gan", 5),
                    below("late_way_of_gan", 0.1),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "At equality JS is 0, its least value; what fails is the way there. The "
                "saturating gradient is 0 far away, the other is not, and a Wasserstein critic "
                "leads G to the data without a step back.",
                "两个分布相等时 JS 正是最小值 0，失败的是优化：远处饱和损失的梯度为 0，"
                "非饱和的不为 0，而 Wasserstein 判别器一路把 G 引到数据，没有一步后退。",
            ),
            (
                near("distance_of_least_js", 0, 1e-9),
                near("least_js", 0, 1e-12),
                above("non_saturating_slope", 1),
                below("end_of_wgan", 1),
                below("steps_back_of_wgan", 0),
            ),
        ),
        source="expectation",
        neural=True,
        figure="far_generator:draw_far_from_the_data",
    ),
    Claim(
        id="C9",
        chapter="gan",
        says=Words(
            "Noise on both sides makes them overlap, and gives the generator its gradient back.",
            "给两侧都加噪声使分布变宽、产生重叠，生成器重新得到梯度。",
        ),
        formula="JS(N(0, s²), N(4, s²)),   ∂JS/∂d = ½ E_p ∂ log(1 − D*)/∂x",
        reference="Arjovsky & Bottou 2017, arXiv 1701.04862; Sønderby et al. 2017, "
        "arXiv 1610.04490",
        experiment="best_critic:widths_of_noise",
        statements=(
            Statement(
                Words(
                    "JS falls from log 2 as the noise grows.",
                    "噪声越大，JS 从 log 2 降得越低。",
                ),
                (
                    near("js_at_0.25", 0.6931, 1e-4),
                    near("js_at_1", 0.6327, 1e-4),
                    near("js_at_2", 0.3368, 1e-4),
                    near("js_at_4", 0.1114, 1e-4),
                    near("js_at_8", 0.0303, 1e-4),
                ),
            ),
            Statement(
                Words(
                    "At s = .25 the best critic gives no slope, at s = 2 one of .11.",
                    "s = .25 时最优判别器给不出梯度，s = 2 时为 .11。",
                ),
                (
                    below("slope_at_0.25", 1e-6),
                    near("slope_at_2", 0.1124, 5e-4),
                    near("slope_less_that_of_js", 0.0, 1e-6),
                ),
            ),
        ),
        source="run",
        figure="best_critic:draw_widths_of_noise",
    ),
    Claim(
        id="C10",
        chapter="gan",
        says=Words(
            "Noise on both sides makes them overlap, but it has to shrink as training goes on.",
            "给两边加噪声能让它们重叠，但随着训练进行，噪声需要逐渐变小。",
        ),
        formula="the critic sees x + sε on both sides,  s = .5·max(0, 1 − 2t)  against  s = .5",
        reference="Sønderby 2017, arXiv 1610.04490; Arjovsky & Bottou 2017, arXiv 1701.04862",
        experiment="noise_on_the_ring:annealed_noise",
        statements=(
            Statement(
                Words(
                    "On the ring, noise that falls to 0 makes more of the samples good than noise "
                    "that stays.",
                    "在环形数据上，逐渐降到 0 的噪声比不变的噪声得到更多高质量样本。",
                ),
                (above("gain", 0.05),),
            ),
            Statement(
                Words(
                    "Noise that stays moves no optimum (JS of the noisy laws is 0 only at "
                    "equality); it hides: a mode three times too wide costs under a hundredth of "
                    "what it did.",
                    "不变的噪声并不改变最优解（加噪后的 JS 仍只在相等时为 0），而是遮住差别："
                    "宽到三倍的峰，代价只剩不到百分之一。",
                ),
                (above("js_of_wide_mode", 0.1), Check("js_of_wide_mode_in_noise", 1e-6, 1e-3)),
            ),
        ),
        expected={"gain": 0.3},
        source="expectation",
        neural=True,
        figure="noise_on_the_ring:draw_annealed_noise",
    ),
)
