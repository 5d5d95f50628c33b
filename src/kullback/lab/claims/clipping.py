"""Claims about critics whose weights are clipped."""

from __future__ import annotations

from math import log10

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
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
