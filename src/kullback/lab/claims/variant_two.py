"""Claims about the second of two variants: the data alone enter the generator."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="B3-V2a",
        chapter="two data sets",
        says=Words(
            "A generator that is fed the real data y alone does not degenerate (variant two).",
            "只把真实数据 y 输入生成器，生成器不会退化（变种二）。",
        ),
        formula="JS(G(y), y) = 0 for G(y) = y, and for every G that keeps the law of y",
        reference="asked, and left open, by a Chinese tutorial on variational inference and GANs",
        experiment="copies:data_alone",
        statements=(
            Statement(
                Words(
                    "What comes out is not what went in.",
                    "输出不是输入的照抄。",
                ),
                (below("correlation_with_y", 0.9),),
            ),
            Statement(
                Words(
                    "With independent noise in the place of y it still generates data.",
                    "把 y 换成独立的噪声，它仍能生成数据。",
                ),
                (below("w1_with_noise_for_y", 0.2),),
            ),
        ),
        correction=Statement(
            Words(
                "It becomes the identity or, for a symmetric law, its mirror image: both have the "
                "law that the critic asks for. Noise in the place of y generates nothing.",
                "它变成恒等映射，或（分布对称时）镜像：两者都具有判别器所要的分布。以噪声代替 y，"
                "什么也生成不了。",
            ),
            (
                above("correlation_with_y", 0.98),
                below("distance_to_y_or_its_mirror_image", 0.3),
                below("w1_with_y", 0.25),
                above("w1_with_noise_for_y", 0.5),
            ),
        ),
        source="proof",
        neural=True,
        figure="copies:draw_data_alone",
    ),
    Claim(
        id="B3-V2b",
        chapter="two data sets",
        says=Words(
            "A generator that is fed y, and compared with draws of a prior, is an encoder: half an "
            "AAE.",
            "把 y 输入生成器，输出与先验的样本比较，它就成了编码器：AAE 的一半。",
        ),
        formula="∫ data(source) δ(x − G(source)) against p(x), by samples: no term in I(y; G(y))",
        reference="Makhzani et al. 2016, arXiv 1511.05644",
        experiment="codes:law_of_codes",
        statements=(
            Statement(
                Words(
                    "Its codes have the prior's law.",
                    "编码的分布与先验一致。",
                ),
                (
                    below("w1_to_the_prior_affine", 0.25),
                    below("w1_to_the_prior_network", 0.25),
                    below("accuracy_of_a_fresh_critic_affine", 0.6),
                ),
            ),
            Statement(
                Words(
                    "From such codes one can tell what y was: from which of two bumps it came.",
                    "由这样的编码可知 y 是什么：来自两个峰中的哪一个。",
                ),
                (
                    above("bump_read_from_the_code_normal_coordinate", 0.9),
                    above("bump_read_from_the_code_affine", 0.9),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "The normal coordinate of y alone has the law that is asked for, no critic tells "
                "it from the prior, and the bump is gone. A trained affine encoder loses part of "
                "it, unseen by any critic; with reconstruction it can be read.",
                "单取 y 的正态坐标，分布已经合乎要求，判别器分不出来，峰的信息却没有了。"
                "训练出的仿射编码器丢掉一部分，判别器看不出来；加上重构就读得出来。",
            ),
            (
                below("w1_to_the_prior_normal_coordinate", 0.1),
                below("accuracy_of_a_fresh_critic_normal_coordinate", 0.6),
                near("bump_read_from_the_code_normal_coordinate", 0.5, 0.05),
                below("accuracy_of_a_fresh_critic_affine", 0.6),
                below("bump_read_from_the_code_affine", 0.85),
                above("bump_read_from_the_code_reconstructing", 0.9),
            ),
        ),
        expected={
            "accuracy_of_a_fresh_critic_affine": 0.5,
            "bump_read_from_the_code_affine": 0.5,
        },
        source="expectation",
        neural=True,
        figure="codes:draw_law_of_codes",
    ),
    Claim(
        id="B3-V2c",
        chapter="two data sets",
        says=Words(
            "A generator that is fed y, and compared with another domain z, translates y to it: "
            "CycleGAN, DTN.",
            "把 y 输入生成器，输出与另一个域 z 比较，它就把 y 翻译过去：即 CycleGAN、DTN。",
        ),
        formula="N(0, 1) → N(5, 2²):  G(y) = 5 + 2y and G(y) = 5 − 2y;  E(G(y) − y)² = 26 and 34",
        reference="Zhu et al. 2017, arXiv 1703.10593; Taigman et al. 2017, arXiv 1611.02200",
        experiment="translations:two_domains",
        statements=(
            Statement(
                Words(
                    "The outputs have the other domain's law, without and with a cycle.",
                    "输出具有另一个域的分布，有无循环都如此。",
                ),
                (
                    near("shift_begun_rising", 5, 0.5),
                    near("shift_begun_falling", 5, 0.5),
                    near("slope_begun_rising", 2, 0.4),
                    near("size_of_slope_with_the_cycle", 2, 0.5),
                    below("w1_with_the_cycle", 0.6),
                ),
            ),
            Statement(
                Words(
                    "Which map it is follows from the two laws, wherever the game began.",
                    "无论博弈从哪里开始，两个分布都决定了是哪一个映射。",
                ),
                (above("slope_begun_rising", 0), above("slope_begun_falling", 0)),
            ),
        ),
        correction=Statement(
            Words(
                "The game keeps the sign of the slope that it began with; a cost of transport, 26 "
                "against 34, picks +2.",
                "斜率的正负由起点决定；加上运输代价（26 比 34），选中的是 +2。",
            ),
            (
                near("slope_begun_rising", 2, 0.4),
                near("slope_begun_falling", -2, 0.4),
                near("cost_of_slope_2", 26, 1e-9),
                near("cost_of_slope_minus_2", 34, 1e-9),
                near("slope_with_the_cost", 2, 0.4),
            ),
        ),
        source="proof",
        neural=True,
        figure="translations:draw_two_domains",
    ),
    Claim(
        id="B3-V2d",
        chapter="two data sets",
        says=Words(
            "A generator that is fed a damaged y, and compared with y, restores it: denoising, "
            "inpainting.",
            "把损坏的 y 输入生成器，输出与 y 比较，它就能修复 y：去噪、补全。",
        ),
        formula="λ·E |x − G(source)| + a game on x, source a damaged x",
        reference="Pathak et al. 2016, arXiv 1604.07379",
        experiment="translations:damaged_rows",
        statements=(
            Statement(
                Words(
                    "It does not become the identity: noisy points come to lie on the circle, and "
                    "nearer to the right one.",
                    "它不会变成恒等映射：带噪声的点回到圆上，也更接近正确的点。",
                ),
                (
                    above("off_the_circle_before", 0.3),
                    below("off_the_circle", 0.2),
                    below("error", 0.7),
                    above("error_before", 0.75),
                ),
            ),
            Statement(
                Words(
                    "Points of which one coordinate is left come back to the circle.",
                    "只剩一个坐标的点，补全后回到圆上。",
                ),
                (below("off_the_circle_inpainted", 0.2),),
            ),
            Statement(
                Words(
                    "It takes both: the pairs' error alone leaves points inside the circle, and "
                    "the game alone puts them on it further from the right ones.",
                    "两者缺一不可：只有成对误差，点会落在圆内；只有博弈，点虽在圆上，离正确的点更"
                    "远。",
                ),
                (
                    above("off_the_circle_by_the_error_alone", 0.2),
                    above("off_the_circle_inpainted_by_the_error_alone", 0.2),
                    below("off_the_circle_by_the_game_alone", 0.2),
                    above("error_by_the_game_alone_over_error", 1.2),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="translations:draw_damaged_rows",
    ),
)
