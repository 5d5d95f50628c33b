"""Claims about entropy and divergences."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C1",
        chapter="divergences",
        says=Words(
            "Cross-entropy is never below entropy, and equals it for the true distribution only; "
            "the difference is the KL divergence.",
            "交叉熵不小于熵，只有用真实分布时两者才相等；两者之差就是相对熵（KL 散度）。",
        ),
        formula="H(q, p) = −Σ q log p ≥ H(q),   KL(q ‖ p) = H(q, p) − H(q)",
        reference="Gibbs's inequality; Cover & Thomas 2006, theorem 2.6.3",
        experiment="divergences:cross_entropy_and_entropy",
        statements=(
            Statement(
                Words(
                    "Of 5,000 random pairs none has a cross-entropy below the entropy.",
                    "五千对随机分布中，交叉熵没有一次低于熵。",
                ),
                (above("least_excess", 0.0),),
            ),
            Statement(
                Words("With p = q the two are equal.", "p = q 时两者相等。"),
                (near("excess_at_equality", 0.0, 1e-12),),
            ),
            Statement(
                Words("Their difference is KL(q ‖ p).", "两者之差是 KL(q ‖ p)。"),
                (near("excess_less_kl", 0.0, 1e-12),),
            ),
        ),
        figure="divergences:draw_cross_entropy_and_entropy",
    ),
    Claim(
        id="C2",
        chapter="divergences",
        says=Words(
            "KL has a direction, JS has none.",
            "KL 散度有方向，从 q 到 p 与从 p 到 q 不同；JS 散度没有方向。",
        ),
        formula="KL(q ‖ p) ≠ KL(p ‖ q),   JS(q, p) = JS(p, q)",
        reference="Lin 1991, IEEE Trans. Inf. Theory 37(1)",
        experiment="divergences:directions",
        statements=(
            Statement(
                Words(
                    "The two directions of KL differ: 4.125 and 9.898 nats between the bumps "
                    "½N(−3, .5²) + ½N(3, .5²) and N(0, 1).",
                    "KL 两个方向不同：双峰 ½N(−3, .5²) + ½N(3, .5²) 与 N(0, 1) 之间"
                    "分别是 4.125 与 9.898 奈特。",
                ),
                (
                    near("kl_of_bumps_and_normal", 4.125, 1e-3),
                    near("kl_of_normal_and_bumps", 9.898, 1e-3),
                    above("difference_of_kl", 0.05),
                ),
            ),
            Statement(
                Words("JS is the same both ways.", "JS 两个方向相同。"),
                (near("difference_of_js", 0.0, 1e-12),),
            ),
        ),
        source="closed form",
        figure="divergences:draw_directions",
    ),
    Claim(
        id="C3",
        chapter="divergences",
        says=Words(
            "To maximise the likelihood is to minimise KL from the data to the model.",
            "最大化似然，就是最小化从数据到模型的 KL 散度。",
        ),
        formula="argmax Π_i p(x_i) = argmin KL(q̂ ‖ p),   KL = −H(q̂) − (1/n) Σ_i log p(x_i)",
        reference="Akaike 1973; Goodfellow, Bengio & Courville 2016, section 5.5",
        experiment="divergences:likelihood_and_kl",
        statements=(
            Statement(
                Words(
                    "The mean μ of greatest likelihood is that of least KL: the sample's.",
                    "似然最大的均值 μ 就是 KL 最小的 μ，即样本均值。",
                ),
                (
                    near("best_means_apart", 0.0, 1e-9),
                    near("sample_mean_less_best", 0.0, 0.011),
                ),
            ),
            Statement(
                Words(
                    "Log-likelihood and KL add up to a constant, minus the sample's entropy.",
                    "对数似然与 KL 之和是常数：负的样本熵。",
                ),
                (
                    near("spread_of_their_sum", 0.0, 1e-12),
                    near("sum_less_entropy", 0.0, 1e-12),
                ),
            ),
        ),
        figure="divergences:draw_likelihood_and_kl",
    ),
    Claim(
        id="C6",
        chapter="divergences",
        says=Words(
            "When two distributions part, their JS divergence tends to log 2 and its slope to 0.",
            "两个分布互相远离时，JS 散度趋于 log 2，梯度随之消失。",
        ),
        formula="JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m),  m = ½(p + q)",
        reference="Arjovsky & Bottou 2017, arXiv 1701.04862",
        experiment="divergences:js_of_parting_gaussians",
        statements=(
            Statement(
                Words(
                    "JS of two unit Gaussians grows with their distance to log 2 = .6931 nats.",
                    "两个单位高斯的 JS 随距离增大到 log 2 = .6931 奈特。",
                ),
                (
                    near("js_at_0.5", 0.0303, 1e-4),
                    near("js_at_1", 0.1114, 1e-4),
                    near("js_at_2", 0.3368, 1e-4),
                    near("js_at_4", 0.6327, 1e-4),
                    near("js_at_6", 0.6893, 1e-4),
                    near("js_at_8", 0.6931, 1e-4),
                ),
            ),
            Statement(
                Words(
                    "Its slope is .22 at a distance of 2, and under a thousandth at 8.",
                    "距离为 2 时斜率为 .22，为 8 时不到千分之一。",
                ),
                (near("slope_at_2", 0.2248, 5e-4), below("slope_at_8", 1e-3)),
            ),
        ),
        source="run",
        figure="divergences:draw_js_of_parting_gaussians",
    ),
    Claim(
        id="C13",
        chapter="divergences",
        says=Words(
            "A model too small for the data: forward KL covers all of them, reverse KL picks one "
            "mode, and so does JS.",
            "模型容量不够时：正向 KL 会覆盖所有峰，反向 KL 只挑一个峰，JS 也是如此。",
        ),
        formula="min over μ, σ of KL(data ‖ p), KL(p ‖ data) or JS,   p = N(μ, σ²)",
        reference="Bishop 2006, section 10.1.2; Theis et al. 2016, arXiv 1511.01844",
        experiment="fits:fits_of_two_bumps",
        statements=(
            Statement(
                Words(
                    "Forward KL: one wide Gaussian over both bumps.",
                    "正向 KL：一个宽高斯盖住两个峰。",
                ),
                (
                    near("forward_mean", 0.0, 1e-3),
                    near("forward_deviation", 3.0414, 1e-3),
                    near("forward_left", 1.1123, 1e-3),
                ),
            ),
            Statement(
                Words(
                    "Reverse KL: one bump exactly, at the price of log 2.",
                    "反向 KL：恰好一个峰，代价 log 2。",
                ),
                (
                    near("reverse_mean", 3.0, 1e-3),
                    near("reverse_deviation", 0.5, 1e-3),
                    near("reverse_left", 0.6931, 1e-3),
                ),
            ),
            Statement(
                Words(
                    "JS: one bump too, .2158 nats against .2972 of the wide Gaussian.",
                    "JS：也只取一个峰，.2158 奈特，而宽高斯是 .2972。",
                ),
                (
                    near("js_mean", 3.0, 1e-3),
                    near("js_deviation", 0.5, 1e-3),
                    near("js_left", 0.2158, 1e-3),
                    near("js_of_covering", 0.2972, 1e-3),
                ),
            ),
        ),
        source="run",
        figure="fits:draw_fits_of_two_bumps",
    ),
    Claim(
        id="P-huszar",
        chapter="divergences",
        says=Words(
            "A generalised JS leads from maximum likelihood, π → 0, to reverse KL, π → 1: what "
            "covers at one end picks a mode at the other.",
            "广义 JS 从最大似然（π → 0）过渡到反向 KL（π → 1）：一端覆盖全部，另一端只挑一个峰。",
        ),
        formula="JS_π = π KL(data ‖ m) + (1−π) KL(p ‖ m),   m = π data + (1−π) p",
        reference="Huszár 2015, arXiv 1511.05101",
        experiment="fits:huszar_interpolation",
        statements=(
            Statement(
                Words(
                    "At π = .001 the best Gaussian is that of maximum likelihood.",
                    "π = .001 时最优高斯就是最大似然的那个。",
                ),
                (
                    near("mean_at_0.001", -0.80, 0.005),
                    near("deviation_at_0.001", 1.90, 0.005),
                    near("likelihood_mean", -0.80, 0.001),
                    near("likelihood_deviation", 1.90, 0.001),
                ),
            ),
            Statement(
                Words(
                    "From π = ½, where it is JS, it is the larger bump alone, as for reverse KL.",
                    "从 π = ½（即 JS）起只剩较大的峰，与反向 KL 相同。",
                ),
                (
                    near("mean_at_0.5", -2.00, 0.005),
                    near("deviation_at_0.5", 0.50, 0.005),
                    near("mean_at_0.99", -2.00, 0.005),
                    near("deviation_at_0.99", 0.50, 0.005),
                    near("reverse_mean", -2.00, 0.005),
                    near("reverse_deviation", 0.50, 0.005),
                ),
            ),
        ),
        source="run",
        figure="fits:draw_huszar_interpolation",
    ),
)
