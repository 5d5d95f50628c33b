"""Claims about what a generator can be, and be taught to be."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

GOODFELLOW = "Goodfellow et al. 2014, arXiv 1406.2661"

CLAIMS = (
    Claim(
        id="C26",
        chapter="gan",
        says=Words(
            "A network with nonlinear activations can turn a normal z into any distribution.",
            "神经网络只要有非线性激活函数，就能把正态分布变成任意分布。",
        ),
        formula="½N(−3, .5²) + ½N(3, .5²) from z ~ N(0, 1):  P(|G| < w) ≥ 2Φ(w/L) − 1 at slope L",
        reference="Gaussian isoperimetry: Borell 1975, Sudakov & Tsirelson 1974",
        experiment="leaks:bridge",
        statements=(
            Statement(
                Words(
                    "At slopes up to 16 G puts no more between two bumps than the data do.",
                    "梯度范数不超过 16 的生成器，在两个峰之间放的质量不比数据多。",
                ),
                (below("leak_at_16", 0.0017),),
            ),
        ),
        correction=Statement(
            Words(
                "What is connected stays connected: mass leaks between the bumps, no less than "
                "the isoperimetric bound allows, and less the steeper G may be.",
                "连通的原像只能得到连通的像：两峰之间必有泄漏，不低于等周不等式的下界；"
                "允许的梯度范数越大，泄漏越少。",
            ),
            (above("least_gap_over_bound", 0.98), below("rise", 0)),
        ),
        expected={"own_mass_between": 0.00135},
        neural=True,
        figure="leaks:draw_bridge",
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
)
