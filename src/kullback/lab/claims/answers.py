"""Claims about the two players in turn: what the answer to a critic makes of the game."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

GOODFELLOW = "Goodfellow et al. 2014, arXiv 1406.2661"

CLAIMS = (
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
)
