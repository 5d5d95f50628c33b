"""Claims about adversarial games."""

from __future__ import annotations

from math import log

from kullback.lab.claim import Check, Claim, Statement, Words, above, below, near

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
                    "它的对数几率按 log q/p = ½ − x 的斜率 −1 下降。",
                ),
                (near("slope_of_logit", -1, 0.05),),
            ),
        ),
        neural=True,
        figure="critics:draw_best_critic",
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
    Claim(
        id="C18",
        chapter="gan",
        says=Words(
            "Once the generator fools a critic that is held still there is no use in going on; "
            "and fooling it is not having learned the data.",
            "固定判别器训练生成器，骗过它之后继续训练就没有意义了；而骗过它并不等于学到了数据。",
        ),
        formula="min_G −E log D(G(z)) with D as trained against the untrained G",
        reference="Goodfellow et al. 2014, arXiv 1406.2661, Algorithm 1",
        experiment="frozen_critic:please_a_frozen_critic",
        statements=(
            Statement(
                Words(
                    "The generator comes to be taken for data by the critic that stays.",
                    "生成器最终被那个固定的判别器认作真实数据。",
                ),
                (above("taken_for_data", 0.95),),
            ),
            Statement(
                Words(
                    "It has not learned the data: at most 2 of the ring's 8 modes, and a fresh "
                    "critic tells its samples apart.",
                    "它并没有学到数据：8 个峰至多得到 2 个，重新训练的判别器一眼就能分开。",
                ),
                (below("modes", 2), above("fresh_critic", 0.95)),
            ),
        ),
        source="expectation",
        neural=True,
        figure="frozen_critic:draw_please_a_frozen_critic",
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
        id="B2-relativistic",
        chapter="gan",
        says=Words(
            "Pairing each real point with a sample, and keeping the critic flat on both sides "
            "(R1, R2), makes a game cover; it does not minimise an f-divergence.",
            "把真实样本与生成样本配对比较，并在两边压平判别器（R1、R2），能让训练覆盖各个峰；"
            "但它最小化的不是 f 散度。",
        ),
        formula="critic: softplus(D(G(z)) − D(x)) + γ/2 (‖∇D(x)‖² + ‖∇D(G(z))‖²)",
        reference="Huang et al. 2024, arXiv 2501.05441",
        experiment="relativistic:pairing_and_penalties",
        statements=(
            Statement(
                Words(
                    "On the grid, after a thousand rounds, the penalties leave less to say "
                    "against the modes' shares: the reverse KL is lower with them than without.",
                    "在网格数据上训练一千轮，有惩罚时各峰的份额更均匀：反向 KL 低于没有惩罚时。",
                ),
                (above("saved_by_penalties", 0.02),),
            ),
            Statement(
                Words(
                    "With the same penalties it is lower with pairs than in the plain game.",
                    "惩罚相同时，配对比普通对抗的反向 KL 更低。",
                ),
                (above("saved_by_pairing", 0.02),),
            ),
            Statement(
                Words(
                    "It is not a sum over points of a function of p/q, as an f-divergence is.",
                    "它不像 f 散度那样是逐点的 p/q 的函数之和。",
                ),
                (
                    below("additivity_gap_non_saturating", 1e-9),
                    above("additivity_gap_relativistic", 1e-3),
                ),
            ),
            Statement(
                Words(
                    "γ has to grow with the data's variance: of the same critic on every "
                    "coordinate four times R1 is a quarter, times Var(x) it is the same.",
                    "γ 须随数据方差缩放：每个坐标重复四次时，同一判别器的 R1 只剩四分之一，"
                    "乘以 Var(x) 则不变。",
                ),
                (near("r1_ratio", 4, 1e-9), near("r1_ratio_with_variance", 1, 1e-9)),
            ),
        ),
        expected={
            "modes_paired_r1_r2": 21.5,
            "high_quality_paired_r1_r2": 0.03,
            "reverse_kl_paired_r1_r2": 0.01,
        },
        source="run",
        neural=True,
        figure="relativistic:draw_pairing_and_penalties",
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
)
