"""Claims about the first of two variants: data and a second set enter the generator.

{y} is real data and {z} a second data set. A tutorial asks why a generator that is fed y does not
become an encoder; each entry takes one way of feeding it, and one thing that the critic compares.
"""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
    Claim(
        id="B3-V0",
        chapter="two data sets",
        says=Words(
            "A generator that is fed a second data set z, and compared with y, is a GAN whose "
            "prior is that set.",
            "把另一个数据集 z 输入生成器，输出与 y 比较，这就是以该数据集为先验的 GAN。",
        ),
        formula="data(x) against ∫ data(source) δ(x − G(source)), by samples of x",
        reference="Goodfellow et al. 2014, arXiv 1406.2661",
        experiment="copies:another_law",
        statements=(
            Statement(
                Words(
                    "Fresh rows of z, which are nothing like y, come out with the law of y.",
                    "新的 z 与 y 毫不相似，经过 G 后分布与 y 一致。",
                ),
                (above("w1_before", 0.5), below("w1_after", 0.2), above("mean_change", 0.5)),
            ),
        ),
        expected={"w1_after": 0.2},
        source="expectation",
        neural=True,
        figure="copies:draw_another_law",
    ),
    Claim(
        id="B3-V1a",
        chapter="two data sets",
        says=Words(
            "A generator that is fed the real data y together with a second set z does not "
            "degenerate (variant one).",
            "把真实的数据集 y 和另一个数据集 z 一起输入生成器，生成器不会退化（变种一）。",
        ),
        formula="G = a·y + b·z, y and z ~ N(0, 1):  JS(G, y) = 0 if and only if a² + b² = 1",
        reference="asked, and left open, by a Chinese tutorial on variational inference and GANs",
        experiment="copies:data_and_noise",
        statements=(
            Statement(
                Words(
                    "Fed bimodal y and noise, a linear generator does not copy y.",
                    "输入双峰的 y 和噪声，线性生成器不会照抄 y。",
                ),
                (below("weight_of_bimodal_y", 0.5),),
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
                "The critic sees the law of G alone. For normal y and z all of a² + b² = 1 is "
                "optimal: the game is indifferent to copying, and ends near where it began. "
                "For two bumps only (±1, 0) fits: copying is forced, and noise comes out as noise.",
                "判别器只看 G 的分布。y、z 为正态时，整个圆 a² + b² = 1 都是最优：博弈对照抄"
                "无所谓，停在出发点附近。y 为双峰时只有 (±1, 0) 合适：照抄是被迫的，输入噪声便"
                "输出噪声。",
            ),
            (
                below("largest_js_on_the_circle_for_normal_y", 1e-9),
                above("js_of_ignoring_bimodal_y", 0.2),
                near("radius_from_near_y", 1, 0.1),
                near("radius_from_near_z", 1, 0.1),
                above("weight_of_normal_y_from_near_y", 0.85),
                below("weight_of_normal_y_from_near_z", 0.5),
                near("weight_of_bimodal_y", 1, 0.1),
                below("weight_of_noise_beside_bimodal_y", 0.25),
                below("w1_with_y", 0.2),
                above("w1_with_noise_for_y", 0.5),
            ),
        ),
        source="proof",
        neural=True,
        figure="copies:draw_data_and_noise",
    ),
    Claim(
        id="B3-V1b",
        chapter="two data sets",
        says=Words(
            "A generator that is fed z as a condition, and compared with y in pairs, translates z: "
            "CGAN, pix2pix.",
            "以 z 为条件输入生成器，与 y 成对比较，就能翻译 z：即 CGAN、pix2pix。",
        ),
        formula="data(x, source) against data(source) ∫ p(z) p(x|source, z) dz, "
        "and λ·E |x − G(source, z)|",
        reference="Isola et al. 2017, arXiv 1611.07004",
        experiment="pairs:pairs_of_rows",
        statements=(
            Statement(
                Words(
                    "With new z and noise the outputs have the law of y, and go with their z.",
                    "输入新的 z 和噪声，输出的分布与 y 一致，且与各自的 z 相配。",
                ),
                (
                    below("w1_to_the_data", 0.2),
                    below("w1_of_y_less_z", 0.3),
                    near("slope_on_z", 1, 0.3),
                ),
            ),
            Statement(
                Words(
                    "With a small λ it gives both answers to one z; a large one, whose best answer "
                    "is the median, leaves about one, and the noise is no longer heard.",
                    "λ 小时对同一个 z 给出两个答案；λ 大时，最优的是中位数，大致只剩一个，"
                    "噪声不再起作用。",
                ),
                (above("spread_about_z", 1.2), below("spread_about_z_with_a_large_error", 1.0)),
            ),
        ),
        expected={"w1_to_the_data": 0.2},
        source="expectation",
        neural=True,
        figure="pairs:draw_pairs_of_rows",
    ),
    Claim(
        id="B3-V1c",
        chapter="two data sets",
        says=Words(
            "A generator that is fed a code of y and z as a condition, with a KL on the code, does "
            "not degenerate: CVAE-GAN, BicycleGAN.",
            "把 y 的编码和条件 z 输入生成器，并对编码加 KL，就不会退化：即 CVAE-GAN、BicycleGAN。",
        ),
        formula="I(y; code) ≤ E KL(q(code|y) ‖ p(code))",
        reference="Zhu et al. 2017, arXiv 1711.11586; Bao et al. 2017, arXiv 1703.10155",
        experiment="pairs:code_of_the_data",
        statements=(
            Statement(
                Words(
                    "With noise of the prior in the place of the code it still generates data.",
                    "用先验的噪声代替编码，它仍能生成数据。",
                ),
                (below("w1_with_prior_noise_for_the_code", 0.2),),
            ),
            Statement(
                Words(
                    "The code says which of the right answers y was, and the KL bounds what leaks.",
                    "编码说明 y 是哪一个正确答案，KL 则限制泄漏的信息。",
                ),
                (
                    below("error_with_the_code_of_y", 0.5),
                    above("error_with_noise_for_the_code", 1.0),
                    below("nats_told_of_y", 4.0),
                    above("nats_told_of_y_without_kl", 8.0),
                ),
            ),
        ),
        expected={"w1_with_prior_noise_for_the_code": 0.2},
        source="expectation",
        neural=True,
        figure="pairs:draw_code_of_the_data",
    ),
    Claim(
        id="B3-V1d",
        chapter="two data sets",
        says=Words(
            "With y fed to an encoder and z to a generator, and pairs compared, codes and data "
            "determine each other: ALI, BiGAN.",
            "y 输入编码器、z 输入生成器，成对比较，编码与数据便互相确定：即 ALI、BiGAN。",
        ),
        formula="data(x) q(z|x) against p(z) p(x|z);  linear and normal:  I(x; z) = −½ log(1 − α²)",
        reference="Dumoulin et al. 2017, arXiv 1606.00704; Li et al. 2017, arXiv 1709.01215",
        experiment="codes:pairs_with_codes",
        statements=(
            Statement(
                Words(
                    "Samples have the law of y, and with a generator without noise codes lead "
                    "back to their data.",
                    "样本的分布与 y 一致；生成器不带噪声时，由编码可还原数据。",
                ),
                (below("w1_of_samples", 0.3), above("share_of_variance_given_back", 0.9)),
            ),
            Statement(
                Words(
                    "Where the two joints are equal, the code tells something of the data.",
                    "只要两个联合分布相等，编码就含有数据的信息。",
                ),
                (
                    below("largest_kl_of_linear_joints", 1e-9),
                    above("nats_of_the_least_informative_code", 0.1),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "For noisy linear networks the joints are equal for every correlation α, and the "
                "code tells from nothing to as much as one likes.",
                "对带噪声的线性网络，相关系数 α 取任何值两个联合分布都相等，编码可以毫无信息，"
                "也可以要多少有多少。",
            ),
            (
                below("largest_kl_of_linear_joints", 1e-9),
                below("nats_of_the_least_informative_code", 1e-9),
                above("nats_of_the_most_informative_code", 1.5),
            ),
        ),
        source="proof",
        neural=True,
        figure="codes:draw_pairs_with_codes",
    ),
)
