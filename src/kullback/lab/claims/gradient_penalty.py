"""Claims about the gradient penalty."""

from __future__ import annotations

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

CLAIMS = (
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
                    "有批归一化时，logit 之和没有坡度：惩罚恒为 λ，什么也推不动。"
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
)
