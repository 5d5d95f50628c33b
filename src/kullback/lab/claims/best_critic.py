"""Claims about the best critic, and what the two losses of a generator descend."""

from __future__ import annotations

from math import log

from kullback.lab.claim import Claim, Statement, Words, above, below, near

GOODFELLOW = "Goodfellow et al. 2014, arXiv 1406.2661"

CLAIMS = (
    Claim(
        id="C4",
        chapter="gan",
        says=Words(
            "For a fixed generator the best critic is D*(x) = q(x)/(q(x) + p(x)).",
            "固定生成器时，最优判别器是 D*(x) = P_data(x)/(P_data(x) + P_G(x))。",
        ),
        formula="D*(x) = q(x)/(q(x) + p(x)),  logit D* = log q(x)/p(x)",
        reference="Goodfellow et al. 2014, arXiv 1406.2661, Prop. 1",
        experiment="critics:best_critic",
        statements=(
            Statement(
                Words(
                    "Trained between N(0, 1) and N(1, 1), D is within .05 of q/(q+p) on [−3, 4].",
                    "在 N(0, 1) 与 N(1, 1) 之间训练，D 在 [−3, 4] 上与 q/(q+p) 相差不到 .05。",
                ),
                (below("largest_error", 0.05),),
            ),
            Statement(
                Words(
                    "Its logit falls with the slope of log q/p = ½ − x, which is −1.",
                    "它的 logit 按 log q/p = ½ − x 的斜率 −1 下降。",
                ),
                (near("slope_of_logit", -1, 0.05),),
            ),
        ),
        neural=True,
        figure="critics:draw_best_critic",
    ),
    Claim(
        id="C5",
        chapter="gan",
        says=Words(
            "With the best critic the value of the game lies between −2 log 2, where model and "
            "data are equal, and 0, where they have nothing in common.",
            "判别器最优时，博弈的值介于 −2 log 2（两分布相同）与 0（毫无重叠）之间。",
        ),
        formula="V(D*) = E_q log D* + E_p log(1 − D*) = −2 log 2 + 2 JS(q, p) ∈ [−2 log 2, 0]",
        reference=f"{GOODFELLOW}, theorem 1",
        experiment="best_critic:value_of_the_game",
        statements=(
            Statement(
                Words(
                    "V* is −2 log 2 at equality, 0 far apart, and never outside.",
                    "V* 在两分布相同时为 −2 log 2，相距很远时为 0，从不越界。",
                ),
                (
                    near("value_at_0", -1.386294, 1e-6),
                    near("value_at_10", 0.0, 1e-5),
                    above("least_value", -1.386295),
                    below("greatest_value", 0.0),
                ),
            ),
            Statement(
                Words(
                    "V* is −2 log 2 + 2 JS, and no critic does better than log q/p.",
                    "V* = −2 log 2 + 2 JS，没有判别器优于 log q/p。",
                ),
                (
                    near("value_less_2js_2log2", 0.0, 1e-9),
                    near("slope_at_the_best_critic", 0.0, 1e-9),
                ),
            ),
            Statement(
                Words(
                    "JS is what a sample says about the label, which side it is from: I(x; y).",
                    "JS 就是样本透露的标签（来自哪一侧）的信息量 I(x; y)。",
                ),
                (near("value_less_label_information", 0.0, 1e-9),),
            ),
        ),
        figure="best_critic:draw_value_of_the_game",
    ),
    Claim(
        id="C7",
        chapter="gan",
        says=Words(
            "From finite samples an overfitted critic separates even equal laws, and JS reads log "
            "2.",
            "只有有限样本时，过拟合的判别器能把同一分布的两组样本完全分开，JS 算出来仍是 log 2。",
        ),
        formula="both sides N(0, I) in 20 dimensions, 100 points each",
        reference="Arora et al. 2017, arXiv 1703.00573",
        experiment="critics:equal_laws",
        statements=(
            Statement(
                Words(
                    "The critic tells the two samples apart, and its loss claims JS near log 2.",
                    "判别器把两组样本分开，由其损失得出的 JS 接近 log 2。",
                ),
                (above("accuracy_on_the_100", 0.98), above("js_claimed", 0.6)),
            ),
            Statement(
                Words(
                    "On fresh points it guesses: what it knows, it learned by heart.",
                    "对新样本它只是瞎猜：它知道的都是死记下来的。",
                ),
                (near("accuracy_on_fresh_points", 0.5, 0.1),),
            ),
            Statement(
                Words(
                    "The same critic, trained as long, learns less of 1,600 points a side by "
                    "heart.",
                    "同样的判别器训练同样久，面对每边 1,600 个样本时记住的更少。",
                ),
                (below("accuracy_on_1600", 0.9),),
            ),
        ),
        expected={"js_claimed": log(2)},
        source="expectation",
        neural=True,
        figure="critics:draw_equal_laws",
    ),
    Claim(
        id="C12",
        chapter="gan",
        says=Words(
            "The two generator losses have the same trend, so the second is the first made faster.",
            "两种生成器损失趋势相同，后者只是训练更快。",
        ),
        formula="log(1 − D) ↦ 2 JS,   −log D ↦ 2 KL(m ‖ data) = KL(p ‖ data) − 2 JS,   "
        "m = (data + p)/2",
        reference=f"{GOODFELLOW}; Arjovsky & Bottou 2017, arXiv 1701.04862, theorem 2.5",
        experiment="best_critic:what_the_movers_descend",
        statements=(
            Statement(
                Words(
                    "Both are at rest where the model is the data.",
                    "模型等于数据分布时，两者都静止。",
                ),
                (near("slope_at_equality", 0.0, 1e-12),),
            ),
            Statement(
                Words(
                    "With the best critic both move down JS.",
                    "判别器最优时，两者都在下降 JS。",
                ),
                (
                    near("saturating_less_js", 0.0, 1e-11),
                    near("non_saturating_less_js", 0.0, 1e-11),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "The fixed point is the same, the divergence is not: the saturating loss moves "
                "down 2 JS, the other 2 KL(m ‖ data).",
                "不动点相同，散度不同：饱和损失下降 2 JS，非饱和损失下降 2 KL(m ‖ 数据)。",
            ),
            (
                near("saturating_less_js", 0.0, 1e-11),
                near("non_saturating_less_kl_of_mixture", 0.0, 1e-11),
                near("identity_error", 0.0, 1e-11),
                above("non_saturating_less_js", 0.01),
            ),
        ),
        source="run",
        figure="best_critic:draw_what_the_movers_descend",
    ),
    Claim(
        id="C11",
        chapter="gan",
        says=Words(
            "log(1 − D) is flat where D is near 0 and −log D is steep: so learn with the latter.",
            "D 接近 0 时 log(1 − D) 十分平滑、梯度很小，−log D 则梯度很大，所以改用后者。",
        ),
        formula="∂/∂ℓ log(1 − D) = −D,   ∂/∂ℓ (−log D) = −(1 − D),   D = σ(ℓ)",
        reference=f"{GOODFELLOW}, section 3",
        experiment="best_critic:slopes_of_the_two_losses",
        statements=(
            Statement(
                Words(
                    "At D = 1e-4 the slope of log(1 − D) in D is next to nothing.",
                    "D = 1e-4 时 log(1 − D) 对 D 的斜率几乎为零。",
                ),
                (below("slope_in_chance", 0.1),),
            ),
            Statement(
                Words(
                    "−log D is steeper, (1 − D)/D times.",
                    "−log D 更陡，是前者的 (1 − D)/D 倍。",
                ),
                (
                    near("ratio_at_0.5", 1.0, 1e-6),
                    near("ratio_at_0.1", 9.0, 1e-6),
                    near("ratio_at_0.01", 99.0, 1e-6),
                    near("ratio_at_0.0001", 9999.0, 1e-6),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "It is flat in the logit, which the critic's network puts out: slope D there, "
                "against 1 − D. In D itself its slope is −1/(1 − D), about −1.",
                "平的是对 logit（判别器网络的输出）：斜率为 D，另一个为 1 − D。"
                "对 D 本身斜率是 −1/(1 − D)，约为 −1。",
            ),
            (
                near("slope_in_logit", 1e-4, 1e-8),
                near("other_slope_in_logit", 0.9999, 1e-8),
                near("slope_in_chance", 1.0001, 1e-6),
            ),
        ),
        source="run",
        figure="best_critic:draw_slopes_of_the_two_losses",
    ),
)
