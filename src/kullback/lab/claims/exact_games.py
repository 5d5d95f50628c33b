"""Claims about games that are played exactly: the best critic, free tables, a line or two."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

GOODFELLOW = "Goodfellow et al. 2014, arXiv 1406.2661"

CLAIMS = (
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
        id="C14",
        chapter="gan",
        says=Words(
            "Mode collapse comes of a KL divergence written the wrong way round.",
            "模式坍缩的原因是 KL 散度里的两个分布写反了。",
        ),
        formula="argmin E_p loss = an atom,   argmin E_p loss + KL(p ‖ p_old) = p_old e^−loss/Z",
        reference="Nowozin et al. 2016, arXiv 1606.00709; Su 2018, arXiv 1807.05936",
        experiment="best_response:collapse",
        statements=(
            Statement(
                Words(
                    "The reverse KL has an optimum that misses data, however free the model.",
                    "无论模型多自由，反向 KL 的最优解都会丢掉一部分数据。",
                ),
                (above("tv_of_reverse_optimum", 0.1),),
            ),
            Statement(
                Words(
                    "With the forward KL the same game does not collapse.",
                    "换成正向 KL，同样的博弈就不会坍缩。",
                ),
                (below("tv_of_forward_game", 0.1),),
            ),
        ),
        correction=Statement(
            Words(
                "A free model has the data for its optimum under forward KL, reverse KL and JS. "
                "What collapses is the alternation: the best answer to a critic is one atom, "
                "whatever the divergence, and the next critic sends it elsewhere. With a price of "
                "KL(p ‖ p_old) on moving, the same losses lead to the data.",
                "模型足够自由时，正向 KL、反向 KL、JS 的最优解都是数据分布。坍缩的是交替过程："
                "无论哪种散度，对判别器的最优应答都是一个点，下一个判别器又把它赶走。"
                "为移动加上 KL(p ‖ p_old) 的代价，同样的损失就走向数据分布。",
            ),
            (
                below("tv_of_forward_optimum", 1e-3),
                below("tv_of_reverse_optimum", 1e-3),
                below("tv_of_js_optimum", 1e-3),
                above("tv_of_minimax_game", 0.9),
                above("tv_of_non_saturating_game", 0.9),
                above("tv_of_full_game", 0.9),
                above("tv_of_forward_game", 0.9),
                above("atoms_in_the_last_4_rounds", 2),
                below("tv_after_9_near_rounds", 0.01),
            ),
        ),
        expected={
            "tv_at_start": 0.266,
            "tv_after_9_near_rounds": 0.00047,
            "tv_of_non_saturating_game": 0.946,
        },
        source="run",
        figure="best_response:draw_collapse",
    ),
    Claim(
        id="C15",
        chapter="gan",
        says=Words(
            "Do not update the generator too much at a time: large steps outrun the critic.",
            "更新生成器时不要更新太多：步子太大，判别器的指引就失效了。",
        ),
        formula="p ← p D^η/Z:   log p/data ← (1 − η/2) log p/data,  stable for 0 < η < 4",
        reference="derived in kullback.lab.exact.game",
        experiment="best_response:size_of_steps",
        statements=(
            Statement(
                Words(
                    "Under steps of η < 4 a small error shrinks by |1 − η/2| a round.",
                    "η < 4 时，小误差每轮缩小为 |1 − η/2| 倍。",
                ),
                (
                    near("factor_at_0.5", 0.75, 1e-3),
                    near("factor_at_1", 0.5, 1e-3),
                    near("factor_at_2", 0.0, 1e-3),
                    near("factor_at_3", 0.5, 1e-3),
                    near("factor_at_3.5", 0.75, 1e-3),
                    below("tv_of_steps_of_1", 1e-6),
                ),
            ),
            Statement(
                Words(
                    "Under larger ones the game does not settle.",
                    "步子更大时博弈不收敛。",
                ),
                (above("tv_of_steps_of_5", 0.1), above("tv_of_steps_of_6", 0.1)),
            ),
        ),
        source="run",
        figure="best_response:draw_size_of_steps",
    ),
    Claim(
        id="C16",
        chapter="gan",
        says=Words(
            "With the best critic in every round and a model free to be any distribution, the "
            "model converges to the data.",
            "若每轮判别器都最优，且能直接更新生成分布，则生成分布收敛到数据分布。",
        ),
        formula="minimax: p ← (p + data)/2;   non-saturating: p ← p D/Z",
        reference=f"{GOODFELLOW}, proposition 2",
        experiment="best_response:exact_critic_and_free_model",
        statements=(
            Statement(
                Words(
                    "Under either loss the model comes to the data.",
                    "两种损失下模型都到达数据分布。",
                ),
                (
                    below("minimax_tv_after_30_rounds", 1e-6),
                    below("non_saturating_tv_after_30_rounds", 1e-6),
                ),
            ),
            Statement(
                Words("A round halves the error.", "每轮误差减半。"),
                (
                    near("minimax_factor", 0.5, 1e-6),
                    near("non_saturating_factor", 0.5, 1e-4),
                ),
            ),
        ),
        source="run",
        figure="best_response:draw_exact_critic_and_free_model",
    ),
    Claim(
        id="C17",
        chapter="gan",
        says=Words(
            "GANs are unstable: critic and generator drive each other away from equilibrium.",
            "GAN 训练不稳定：判别器与生成器会互相推离均衡。",
        ),
        formula="D(x) = ψx, data δ(x), samples δ(x − θ); both step at once, h = .1",
        reference="Mescheder, Geiger & Nowozin 2018, arXiv 1801.04406",
        experiment="dirac:orbits",
        statements=(
            Statement(
                Words(
                    "From 1.414 the saturating and the Wasserstein game move away.",
                    "从 1.414 出发，饱和损失与 Wasserstein 都越走越远。",
                ),
                (near("saturating_end", 2.18, 0.01), near("wasserstein_end", 17.0, 0.05)),
            ),
            Statement(
                Words("So does the non-saturating game.", "非饱和损失也一样。"),
                (above("non_saturating_end", 1.4143),),
            ),
        ),
        correction=Statement(
            Words(
                "The non-saturating game comes in, slowly; and a penalty on the critic's slope, "
                "zero-centred, brings both to rest at the equilibrium.",
                "非饱和损失会缓慢靠近；对判别器的斜率加以零为中心的惩罚，两者都停在均衡点。",
            ),
            (
                near("non_saturating_end", 0.52, 0.005),
                near("penalised_saturating_end", 0.0018, 1e-4),
                near("penalised_non_saturating_end", 0.0011, 1e-4),
            ),
        ),
        source="run",
        figure="dirac:draw_orbits",
    ),
    Claim(
        id="C27",
        chapter="gan",
        says=Words(
            "In theory a GAN can train any generator network whatever.",
            "理论上，GAN 能训练任何一种生成器网络。",
        ),
        formula="∂/∂θ E log D(G(z)) = E ∂G/∂θ · ∂ log D/∂x",
        reference=f"{GOODFELLOW}; Jang, Gu & Poole 2017, arXiv 1611.01144",
        experiment="discrete:slopes_of_generators",
        statements=(
            Statement(
                Words(
                    "A generator that ends in an argmax gets a gradient, and one that draws too.",
                    "以 argmax 或抽样结尾的生成器也能得到梯度。",
                ),
                (above("slope_of_argmax", 1e-3), above("slope_of_draw", 1e-3)),
            ),
        ),
        correction=Statement(
            Words(
                "A sample must be a differentiable function of the weights: behind an argmax or a "
                "draw the gradient is 0, behind a softmax it is not. The loss does depend on the "
                "chances of the classes; only the samples do not pass that on.",
                "样本必须对权重可导：argmax 或抽样之后梯度为 0，softmax 之后不为 0。"
                "损失确实依赖各类的概率，只是样本传不回这个信息。",
            ),
            (
                near("slope_of_argmax", 0.0, 0.0),
                near("slope_of_draw", 0.0, 0.0),
                above("slope_of_softmax", 1e-3),
                above("slope_in_the_chances", 1e-2),
            ),
        ),
        figure="discrete:draw_slopes_of_generators",
    ),
    Claim(
        id="B2-variational-gan",
        chapter="gan",
        says=Words(
            "Derived by variational inference, a GAN's generator should minimise −E log D + "
            "KL(p ‖ p_old): with that a round makes KL(p ‖ data) least.",
            "由变分推断，生成器应极小化 −E log D + KL(p ‖ p_old)：这样每轮就使 KL(p ‖ 数据) 最小。",
        ),
        formula="KL(p ‖ data) = −E_p log D/(1 − D) + KL(p ‖ p_old),   D best for p_old",
        reference="Su 2018, arXiv 1807.05936",
        experiment="best_response:variational_gan",
        statements=(
            Statement(
                Words(
                    "One round of this loss, solved exactly, reaches the data.",
                    "这个损失精确求解一轮，即到达数据分布。",
                ),
                (below("surrogate_tv_after_1_round", 1e-6),),
            ),
            Statement(
                Words(
                    "Each round comes nearer, without collapse.",
                    "每一轮都更近，且不坍缩。",
                ),
                (
                    near("surrogate_factor_near_the_data", 0.5, 1e-3),
                    below("surrogate_tv_after_9_rounds", 0.01),
                ),
            ),
            Statement(
                Words(
                    "λ E‖G(z) − G_old(z)‖² in place of the KL holds the generator from its first "
                    "move.",
                    "用 λ E‖G(z) − G_old(z)‖² 代替 KL，第一步起就能约束生成器。",
                ),
                (above("slope_at_the_snapshot", 1e-6),),
            ),
        ),
        correction=Statement(
            Words(
                "It goes half the way a round; with log D/(1 − D) in place of log D the sum is "
                "KL(p ‖ data) itself and one round suffices. KL(p ‖ p_old) is second order in a "
                "small move, and so the squared distance has no slope at G = G_old: it takes two "
                "moves a snapshot, or more, to feel it.",
                "它每轮只走一半；把 log D 换成 log D/(1 − D)，和就是 KL(p ‖ 数据) 本身，一轮即到。"
                "KL(p ‖ p_old) 对小移动是二阶的，平方距离在 G = G_old 处没有梯度："
                "每个快照至少走两步才起作用。",
            ),
            (
                near("identity_error", 0.0, 1e-12),
                below("exact_tv_after_1_round", 1e-12),
                near("kl_by_its_quadratic_form", 1.0, 0.01),
                near("slope_at_the_snapshot", 0.0, 0.0),
                above("slope_one_move_later", 0.01),
            ),
        ),
        figure="best_response:draw_variational_gan",
    ),
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
)
