"""Claims about the Wasserstein distance and its critics."""

from __future__ import annotations

from math import log10

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="C21",
        chapter="wasserstein",
        says=Words(
            "The trouble with WGAN is that the pictures it generates are polarised, black or "
            "white.",
            "WGAN 的问题：生成的图片两极分化。",
        ),
        formula="clip: w ← min(max(w, −c), c)   against   + λ E(‖∇D(x̂)‖ − 1)²",
        reference="Arjovsky et al. 2017, arXiv 1701.07875; Gulrajani et al. 2017, arXiv 1704.00028",
        experiment="clipping:clipped_game",
        statements=(
            Statement(
                Words(
                    "Of digits made with a clipped critic more pixels are black or white than of "
                    "the data.",
                    "用裁剪判别器生成的数字，黑白像素的比例比数据更高。",
                ),
                (above("more_extreme_pictures", 0.02),),
            ),
        ),
        correction=Statement(
            Words(
                "It is the critic's weights that are polarised: they stand at ±c.",
                "两极分化的是判别器的权重：它们堆在 ±c 上。",
            ),
            (above("more_extreme_weights", 0.2),),
        ),
        source="expectation",
        neural=True,
        figure="clipping:draw_clipped_game",
    ),
    Claim(
        id="C22",
        chapter="wasserstein",
        says=Words(
            "Clipping drives a critic's weights to their two ends, and its slope to nothing or "
            "beyond all bounds.",
            "权重裁剪把判别器的权重推向两端，其梯度不是消失就是爆炸。",
        ),
        formula="five layers; share of |w| ≥ .95 max |w|, and ‖∇D‖ on the data",
        reference="Gulrajani et al. 2017, arXiv 1704.00028, Figure 1b",
        experiment="clipping:clipped_critics",
        statements=(
            Statement(
                Words(
                    "Most weights stand at ±c, the more the smaller c; with a penalty none does.",
                    "多数权重堆在 ±c，c 越小越甚；用梯度惩罚时则没有。",
                ),
                (
                    above("share_clip_0.1", 0.5),
                    above("share_clip_0.01", 0.8),
                    above("share_clip_0.001", 0.9),
                    below("share_penalty", 0.01),
                ),
            ),
            Statement(
                Words(
                    "The slope is above 2 for c = .1, and under a thousandth for c = .01.",
                    "c = .1 时坡度超过 2，c = .01 时不到千分之一。",
                ),
                (
                    above("log10_slope_clip_0.1", log10(2)),
                    below("log10_slope_clip_0.01", -3),
                    below("log10_slope_clip_0.001", -8),
                ),
            ),
            Statement(
                Words(
                    "With a penalty it is near 1.",
                    "用梯度惩罚时坡度接近 1。",
                ),
                (near("log10_slope_penalty", 0, 0.15),),
            ),
        ),
        expected={
            "share_clip_0.1": 0.82,
            "share_clip_0.01": 0.917,
            "share_clip_0.001": 0.988,
            "share_penalty": 0.0,
            "log10_slope_clip_0.1": log10(4.2),
            "log10_slope_clip_0.01": -5.0,
            "log10_slope_clip_0.001": -10.0,
        },
        source="run",
        neural=True,
        figure="clipping:draw_clipped_critics",
    ),
    Claim(
        id="C23",
        chapter="wasserstein",
        says=Words(
            "WGAN-GP ends the polarisation, and produces interpolations in between.",
            "WGAN-GP 解决了两极分化的问题，产生了中间的插值。",
        ),
        formula="+ λ E(‖∇D(x̂)‖ − 1)²,  x̂ = εx + (1 − ε)G(z)",
        reference="Gulrajani et al. 2017, arXiv 1704.00028",
        experiment="slopes:penalised_game",
        statements=(
            Statement(
                Words(
                    "The critic's weights do not stand at their ends.",
                    "判别器的权重不再堆在两端。",
                ),
                (below("share_of_weights", 0.05),),
            ),
            Statement(
                Words(
                    "What is generated lies between the data as the interpolates x̂ do.",
                    "生成的样本像插值点 x̂ 一样落在数据之间。",
                ),
                (above("inside_samples_over_points", 0.8),),
            ),
        ),
        correction=Statement(
            Words(
                "Interpolates are where the critic's slope is asked for, not what is made: they "
                "lie inside the ring, the samples on it.",
                "插值点只是约束判别器坡度的地方，并不是生成的结果：它们在环内，而样本在环上。",
            ),
            (above("inside_penalty_points", 0.4), below("inside_samples_over_points", 0.6)),
        ),
        source="expectation",
        neural=True,
        figure="slopes:draw_penalised_game",
    ),
    Claim(
        id="C23-bias",
        chapter="wasserstein",
        says=Words(
            "The gradient penalty makes the critic's slope 1.",
            "梯度惩罚使判别器的梯度范数等于 1。",
        ),
        formula="points at 0 and θ:  max_s θs − λ(s − 1)²,  s = 1 + θ/2λ",
        reference="Gulrajani et al. 2017, arXiv 1704.00028, eq. 3",
        experiment="slopes:bias_of_the_penalty",
        statements=(
            Statement(
                Words(
                    "Within a fifth, for points at distances 1 and 4, at λ = 10.",
                    "λ = 10、距离为 1 与 4 时，误差在五分之一以内。",
                ),
                (near("slope_at_1", 1, 0.2), Check("slope_at_4", 0.8, 1.2 + 1e-9, 1.2)),
            ),
            Statement(
                Words(
                    "Within a fifth, for points at distances 10 and 20.",
                    "距离为 10 与 20 时，误差也在五分之一以内。",
                ),
                (near("slope_at_10", 1, 0.2), near("slope_at_20", 1, 0.2)),
            ),
        ),
        correction=Statement(
            Words(
                "The best slope is 1 + θ/2λ: a penalty holds only until more slope pays more. And "
                "one that points the wrong way has a dip of its own, at −(1 − θ/2λ).",
                "最优坡度是 1 + θ/2λ：只要更陡带来的收益更大，惩罚就挡不住。"
                "方向相反的坡度在 −(1 − θ/2λ) 处也有自己的低谷。",
            ),
            (
                near("slope_at_1", 1.05, 1e-6),
                near("slope_at_4", 1.2, 1e-6),
                near("slope_at_10", 1.5, 1e-6),
                near("slope_at_20", 2, 1e-6),
                below("largest_difference", 1e-6),
                near("farthest_within_a_fifth", 4, 1e-9),
                near("wrong_slope_at_10", -0.5, 1e-6),
            ),
        ),
        source="proof",
        figure="slopes:draw_bias_of_the_penalty",
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
    Claim(
        id="B2-gradient-penalty",
        chapter="wasserstein",
        says=Words(
            "A gradient penalty is per observation, on all its values, and a term of the critic's "
            "loss; done otherwise, as it often is, it is another method.",
            "梯度惩罚针对每个样本、取其全部分量，并且是判别器损失的一项；写成别的样子（很常见），"
            "就成了另一种方法。",
        ),
        formula="λ E(‖∇D(x̂)‖ − 1)²,  x̂ = εq + (1 − ε)p,  one ε ~ U[0, 1) per observation",
        reference="Gulrajani et al. 2017, arXiv 1704.00028, Algorithm 1",
        experiment="penalty_faults:penalties_gone_wrong",
        statements=(
            Statement(
                Words(
                    "A norm over the channel axis asks for a slope of 8 on 8×8 pictures, one over "
                    "the whole batch of 64 for an eighth; the library's for 1.",
                    "在 8×8 图片上，只沿通道取范数要求坡度 8，对整批 64 个取则要求八分之一；"
                    "本库要求 1。",
                ),
                (
                    near("slope_asked_library", 1, 1e-6),
                    near("slope_asked_channel_axis", 8, 1e-5),
                    near("slope_asked_whole_batch", 0.125, 1e-6),
                ),
            ),
            Statement(
                Words(
                    "One ε for a batch of 64 makes the penalty √64 times as noisy.",
                    "一批 64 个样本共用一个 ε，惩罚的波动是原来的 √64 倍。",
                ),
                (near("noise_of_one_epsilon_a_batch", 8, 2),),
            ),
            Statement(
                Words(
                    "One ε for each pixel puts x̂ off the segment, and always near its middle.",
                    "每个像素一个 ε，x̂ 便离开线段，而且总在中点附近。",
                ),
                (
                    near("off_the_segment_library", 0, 1e-6),
                    above("off_the_segment_epsilon_a_pixel", 0.2),
                    near("spread_along_library", 12**-0.5, 0.08),
                    below("spread_along_epsilon_a_pixel", 0.06),
                ),
            ),
            Statement(
                Words(
                    "Under batch normalisation the logits' sum has no slope: the penalty is λ, "
                    "and moves nothing. The library refuses it.",
                    "有批归一化时，对数几率之和没有坡度：惩罚恒为 λ，什么也推不动。"
                    "本库拒绝这种组合。",
                ),
                (
                    near("penalty_of_normalised_critic", 1, 1e-3),
                    below("its_gradient", 1e-3),
                    near("library_refuses", 1, 0),
                ),
            ),
            Statement(
                Words(
                    "On a sigmoid the critic reads at most 1 for a distance of 5.",
                    "输出经过 sigmoid 时，距离为 5 也至多读出 1。",
                ),
                (
                    near("distance_by_linear_critic", 5, 1e-6),
                    below("distance_by_sigmoid_critic", 1),
                ),
            ),
            Statement(
                Words(
                    "As an optimiser step of its own it forgets λ: 1 and 10 give one slope; as a "
                    "term of the loss each gives 1 + θ/2λ.",
                    "单独作为一步优化时它忘掉了 λ：1 与 10 得到同一坡度；"
                    "作为损失的一项各得 1 + θ/2λ。",
                ),
                (
                    below("spread_over_weights_apart", 1e-3),
                    near("slope_together_at_1", 6, 0.1),
                    near("slope_together_at_10", 1.5, 0.02),
                ),
            ),
        ),
        source="proof",
        figure="penalty_faults:draw_penalties_gone_wrong",
    ),
    Claim(
        id="P-wgan-gp-1b",
        chapter="wasserstein",
        says=Words(
            "In a deep critic clipping makes gradients grow or fade exponentially with depth; the "
            "penalty keeps them flat.",
            "在很深的判别器里，权重裁剪使梯度随深度指数增长或衰减，梯度惩罚则使其保持平稳。",
        ),
        formula="‖∂L/∂h_k‖ for the layers k of a critic of twelve layers, Swiss roll",
        reference="Gulrajani et al. 2017, arXiv 1704.00028, Figure 1b",
        experiment="depth:gradients_by_depth",
        statements=(
            Statement(
                Words(
                    "At c = .1 the gradient grows on its way back, at .01 and .001 it fades.",
                    "c = .1 时梯度往回传越来越大，c = .01 与 .001 时越来越小。",
                ),
                (
                    above("orders_clip_0.1", 1),
                    below("orders_clip_0.01", -1),
                    below("orders_clip_0.001", -5),
                ),
            ),
            Statement(
                Words(
                    "With the penalty it changes by less than a factor of ten over all layers.",
                    "用梯度惩罚时，所有层之间变化不到十倍。",
                ),
                (near("orders_penalty", 0, 1),),
            ),
        ),
        source="publication",
        neural=True,
        figure="depth:draw_gradients_by_depth",
    ),
)
