"""Claims about autoencoders: codes without noise, codes with it, and what the KL does to them."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="C40",
        chapter="autoencoders",
        says=Words(
            "An autoencoder is much like PCA: its two maps stand for W and Wᵀ.",
            "自编码器与 PCA 相似：两个网络分别代替 W 变换与 Wᵀ 变换。",
        ),
        formula="min E‖x − g(f(x))‖²,  f and g affine",
        reference="Baldi & Hornik 1989, Neural Networks 2(1)",
        experiment="linear:linear_autoencoder",
        statements=(
            Statement(
                Words(
                    "A linear autoencoder loses as much as PCA does, to within 1 %.",
                    "线性自编码器的重构误差与 PCA 相差不到 1 %。",
                ),
                (near("ae_over_pca", 1, 0.01),),
            ),
            Statement(
                Words(
                    "It spans the plane of the principal components, to within 2 degrees.",
                    "它张成的平面就是主成分平面，夹角不到 2 度。",
                ),
                (below("angle_of_the_planes_in_degrees", 2),),
            ),
        ),
        expected={"angle_of_the_planes_in_degrees": 0},
        source="proof",
        neural=True,
        figure="linear:draw_linear_autoencoder",
    ),
    Claim(
        id="C41",
        chapter="autoencoders",
        says=Words(
            "Put networks in the place of W and Wᵀ, and the code gets better.",
            "用神经网络代替 W 变换与 Wᵀ 变换，编码会更好。",
        ),
        formula="min E‖x − g(f(x))‖²,  f and g with hidden layers",
        reference="Hinton & Salakhutdinov 2006, Science 313",
        experiment="linear:deep_autoencoder",
        statements=(
            Statement(
                Words(
                    "On a curve in space a deep autoencoder with one number loses less than a "
                    "quarter of what PCA loses.",
                    "对三维空间里的一条曲线，一个数的深度自编码器的误差不到 PCA 的四分之一。",
                ),
                (below("deep_over_pca", 0.25),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="linear:draw_deep_autoencoder",
    ),
    Claim(
        id="C42",
        chapter="autoencoders",
        says=Words(
            "Midway between the codes of a half and a full moon an autoencoder shows garbage, and "
            "a VAE something like a three-quarter moon.",
            "在半月与满月两个编码的中点，自编码器给出的是乱码图，而 VAE 给出的像 3/4 月。",
        ),
        formula="d(x) = min_f ‖x − moon(f)‖²  at  x = g(½(z₁ + z₂))",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        experiment="interpolation:midpoints",
        statements=(
            Statement(
                Words(
                    "Trained on these two pictures alone, the VAE's midpoint is at most half as "
                    "far from a moon as the AE's.",
                    "只用这两张图训练时，VAE 的中点离月相的距离不超过 AE 的一半。",
                ),
                (below("vae_over_ae_of_two", 0.5),),
            ),
            Statement(
                Words(
                    "Trained on 51 phases it is at most half as far, over all pairs that are half "
                    "a moon apart, and a moon: less than one pixel off.",
                    "用 51 张月相训练时，就所有相差半个月的月相而言不超过一半，而且就是一个月相，"
                    "相差不到一个像素。",
                ),
                (below("vae_over_ae_over_pairs", 0.5), below("vae_all_off_over_pairs", 1)),
            ),
        ),
        correction=Statement(
            Words(
                "Nothing tells what lies between two pictures alone: both midpoints are more than "
                "two pixels off. With 51 it is the shape of the codes that decides: a KL that is "
                "strong enough to give up one of two numbers lays them on a line; a faint one "
                "leaves a curve, and midpoints more than a pixel off; and an AE whose code is one "
                "number needs no KL.",
                "只有两张图时，没有什么说明中间该是什么：两者的中点都偏离月相两个像素以上。有 51 张"
                "图时，起决定作用的是编码的形状：KL 足够强，就会放弃两个数中的一个，把编码排在直线"
                "上；KL 很弱，编码仍在曲线上，中点偏离一个像素以上；而编码只有一个数的 AE 用不着 "
                "KL。",
            ),
            (
                above("ae_two_off", 2),
                above("vae_two_off", 2),
                above("faint_all_off_over_pairs", 1),
                below("ae_line_off_over_pairs", 1),
            ),
        ),
        expected={"ae_two_off": 5.1, "vae_two_off": 6.85, "ae_all_off": 2.17, "vae_all_off": 0.54},
        source="run",
        neural=True,
        figure="interpolation:draw_midpoints",
    ),
    Claim(
        id="C43",
        chapter="autoencoders",
        says=Words(
            "Noise of a fixed size covers the neighbourhood of the training codes; codes far from "
            "them stay distorted, and the VAE's noise reaches those too.",
            "固定的噪声只能覆盖训练编码附近；离训练区域很远的点仍是失真点，而 VAE 的噪声连那里也能"
            "覆盖。",
        ),
        formula="P( d(g(z)) < 1 )  over  z at 1.5 to 3 deviations of the codes' own law",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        experiment="interpolation:far_codes",
        statements=(
            Statement(
                Words(
                    "Of the far codes .3 more or more decode to moons, under the VAE.",
                    "远处的编码解码成月相的比例，VAE 高出 .3 以上。",
                ),
                (above("gain", 0.3),),
            ),
            Statement(
                Words(
                    "So they do under a VAE with β = 1 at σ = .3, whose KL is fainter.",
                    "β = 1、σ = .3、KL 较弱的 VAE 也是如此。",
                ),
                (above("faint_gain", 0.3),),
            ),
        ),
        correction=Statement(
            Words(
                "It takes a KL that is strong enough: with a faint one fewer of the far codes "
                "decode to moons than with fixed noise.",
                "这要求 KL 足够强：KL 弱时，远处编码解码成月相的反而少于固定噪声。",
            ),
            (above("gain", 0.3), below("faint_gain", 0)),
        ),
        source="expectation",
        neural=True,
        figure="interpolation:draw_far_codes",
    ),
    Claim(
        id="C45",
        chapter="autoencoders",
        says=Words(
            "Without the KL the network does all it can to make the noise 0, and the VAE decays "
            "into an autoencoder.",
            "没有 KL 项，网络会想尽办法让方差为 0，VAE 就慢慢退化成普通的自编码器。",
        ),
        formula="√E σ² / sd(μ)  at β = 0 and at β = 1",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        experiment="noise:noise_with_and_without_kl",
        statements=(
            Statement(
                Words(
                    "Without the KL, noise is less than a hundredth of the codes' spread, and is "
                    "still falling in the second half of training.",
                    "没有 KL 时，噪声不到编码散布的百分之一，而且训练的后半程仍在下降。",
                ),
                (below("noise_without_kl", 0.01), below("last_half_without_kl", 0.95)),
            ),
            Statement(
                Words(
                    "With it, more than ten times that is left.",
                    "有 KL 时，留下的噪声是它的十倍以上。",
                ),
                (above("with_over_without", 10),),
            ),
        ),
        expected={"noise_without_kl": 0.0058, "noise_with_kl": 0.041},
        source="run",
        neural=True,
        figure="noise:draw_noise_with_and_without_kl",
    ),
    Claim(
        id="C46",
        chapter="autoencoders",
        says=Words(
            "Proof that the noise vanishes: of one picture x, ‖x − g(μ + σε)‖² can be 0 for all ε "
            "at σ = 0 alone.",
            "方差趋于 0 的证明：对一个样本 x，只有 σ = 0 才能使 ‖x − g(μ + σε)‖² 对所有 ε 为 0。",
        ),
        formula="E‖g(μ + σε) − x‖² = ‖g − x‖² + σ² [‖J‖² + (g − x)·Δg] + O(σ⁴)",
        reference="Taylor's formula to second order",
        experiment="noise:cost_of_noise",
        statements=(
            Statement(
                Words(
                    "With one picture and σ = 1 every decoder errs.",
                    "只有一张图且 σ = 1 时，任何解码器都有误差。",
                ),
                (above("error_of_one_picture_at_noise_1", 1e-9),),
            ),
        ),
        correction=Statement(
            Words(
                "A constant decoder errs by 0 on one picture, whatever σ. It takes two pictures: "
                "then a decoder must listen, and noise costs σ²‖J‖², exactly so for an affine one; "
                "a curved one adds σ²(g − x)·Δg.",
                "对一张图，常数解码器的误差恒为 0，与 σ 无关。至少要两张图：解码器不得不听编码，"
                "噪声的代价就是 σ²‖J‖²，对仿射解码器这是精确的；弯曲的解码器还要加上 "
                "σ²(g − x)·Δg。",
            ),
            (
                near("error_of_one_picture_at_noise_1", 0, 1e-12),
                above("least_error_of_two_pictures_unheard", 1),
                near("affine_off_the_formula", 0, 1e-10),
                near("order_of_what_the_formula_leaves", 4, 0.05),
            ),
        ),
        figure="noise:draw_cost_of_noise",
    ),
    Claim(
        id="C47",
        chapter="autoencoders",
        says=Words(
            "While the decoder is poor the noise is turned down and the KL grows; when it is good "
            "the noise grows again and the KL falls.",
            "解码器还没训练好时，会降低噪声，KL 增加；训练得不错之后，噪声又会增加，KL 减少。",
        ),
        formula="E σ(x) and E KL(q(z|x) ‖ p(z)) against the step",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        experiment="noise:noise_in_the_course_of_training",
        statements=(
            Statement(
                Words(
                    "The noise falls to less than a tenth of its start, and the KL grows by more "
                    "than three nats.",
                    "噪声降到起点的十分之一以下，KL 增加三奈特以上。",
                ),
                (below("least_over_first", 0.1), above("kl_grew_by", 3)),
            ),
            Statement(
                Words(
                    "From there the noise grows by half or more, and the KL falls by a nat or "
                    "more.",
                    "此后噪声回升一半以上，KL 降低一奈特以上。",
                ),
                (above("noise_grew_by", 0.5), above("kl_fell_by", 1)),
            ),
        ),
        expected={
            "noise_at_first": 1.03,
            "least_noise": 0.019,
            "step_of_least_noise": 800,
            "noise_at_last": 0.029,
            "kl_at_first": 0.03,
            "most_kl": 7.79,
            "kl_at_last": 6.95,
        },
        source="run",
        neural=True,
        figure="noise:draw_noise_in_the_course_of_training",
    ),
    Claim(
        id="C48",
        chapter="autoencoders",
        says=Words(
            "As the noise grows again, reconstruction gets harder and its error starts to rise.",
            "噪声重新增加，使得拟合更加困难，重构误差又开始增加。",
        ),
        formula="E‖x − g(μ + σε)‖² against the step",
        reference="Kingma & Welling 2014, arXiv 1312.6114",
        experiment="noise:error_in_the_course_of_training",
        statements=(
            Statement(
                Words(
                    "At the end the error is a twentieth or more above its least.",
                    "训练结束时的误差比其最小值高出二十分之一以上。",
                ),
                (above("last_over_least", 1.05),),
            ),
        ),
        correction=Statement(
            Words(
                "The error goes on falling, to less than half of what it was where the noise was "
                "least: it is because the decoder errs less that it can bear more noise.",
                "误差继续下降，降到噪声最小处的一半以下：正因为解码器误差小了，才承受得起更多噪声。",
            ),
            (below("last_over_that_at_least_noise", 0.5), below("last_over_least", 1.05)),
        ),
        source="run",
        neural=True,
        figure="noise:draw_error_in_the_course_of_training",
    ),
    Claim(
        id="C49",
        chapter="autoencoders",
        says=Words(
            "The VAE makes every q(z|x) standard normal, and so their mean q(z) is the prior.",
            "VAE 让所有的后验都向标准正态分布看齐，于是它们的平均 q(z) 就是先验。",
        ),
        formula="E KL(q(z|x) ‖ p(z)) = I_q(x; z) + KL(q(z) ‖ p(z))",
        reference="Hoffman & Johnson 2016, ELBO surgery",
        experiment="posteriors:aggregate_and_posteriors",
        statements=(
            Statement(
                Words(
                    "q(z) has mean 0 and deviation 1, to within .15, and its KL is a tenth of the "
                    "posteriors' mean KL at most.",
                    "q(z) 的均值为 0、标准差为 1，误差在 .15 以内；它的 KL 不超过各后验平均 KL 的"
                    "十分之一。",
                ),
                (
                    near("aggregate_mean_off", 0, 0.15),
                    near("aggregate_deviation", 1, 0.15),
                    below("share_of_mismatch", 0.1),
                ),
            ),
            Statement(
                Words(
                    "Each q(z|x) is near N(0, 1): their mean KL is below 1 nat.",
                    "每个 q(z|x) 都接近 N(0, 1)：平均 KL 小于 1 奈特。",
                ),
                (below("mean_kl", 1),),
            ),
        ),
        correction=Statement(
            Words(
                "It is only the aggregate that has to match. Each posterior is more than 1 nat "
                "from the prior, and nearly all of that is information about x.",
                "需要匹配的只是聚合后验。每个后验离先验都超过 1 奈特，而这几乎全是关于 x 的信息。",
            ),
            (above("mean_kl", 1), above("information", 1), below("share_of_mismatch", 0.1)),
        ),
        source="expectation",
        neural=True,
        figure="posteriors:draw_aggregate_and_posteriors",
    ),
    Claim(
        id="C50",
        chapter="autoencoders",
        says=Words(
            "The posteriors cannot all be N(0, I): they would not depend on x, and reconstruction "
            "would be as bad as can be.",
            "后验不可能全都等于标准正态分布，否则就与 x 无关，重构效果将会极差。",
        ),
        formula="R² = 1 − E‖x − x̂‖² / Var x  and  E KL(q(z|x) ‖ p(z)),  against β",
        reference="Higgins et al. 2017 (β-VAE); Lucas et al. 2019, arXiv 1911.02469",
        experiment="posteriors:reconstruction_against_beta",
        statements=(
            Statement(
                Words(
                    "At β = 100 all posteriors are the prior, and R² is 0.",
                    "β = 100 时所有后验都等于先验，R² 为 0。",
                ),
                (below("kl_at_100", 0.02), below("r2_at_100", 0.02)),
            ),
            Statement(
                Words(
                    "At β = 1, with σ = .3, they are not, and R² is above .95.",
                    "β = 1（σ = .3）时它们不等于先验，R² 在 .95 以上。",
                ),
                (above("kl_at_1", 1), above("r2_at_1", 0.95)),
            ),
        ),
        expected={"r2_at_100": 0, "kl_at_100": 0},
        source="expectation",
        neural=True,
        figure="posteriors:draw_reconstruction_against_beta",
    ),
    Claim(
        id="C51",
        chapter="autoencoders",
        says=Words(
            "The more efficient the code, the nearer its standard deviations are to 1.",
            "编码越有效，标准差向量就越趋近于单位标准差。",
        ),
        formula="σ_j = σ_x / √λ_j where λ_j > σ_x², else 1",
        reference="Tipping & Bishop 1999; Lucas et al. 2019, arXiv 1911.02469",
        experiment="dimensions:noise_of_each_coordinate",
        statements=(
            Statement(
                Words(
                    "The coordinate that tells most has a deviation of .5 or more.",
                    "传递信息最多的坐标，标准差在 .5 以上。",
                ),
                (above("noise_of_the_most_telling", 0.5),),
            ),
        ),
        correction=Statement(
            Words(
                "It is the other way round: σ is far below 1 where a coordinate tells much, as the "
                "linear optimum has it, and 1 where it tells nothing.",
                "恰好相反：传递信息多的坐标 σ 远小于 1，与线性最优解一致；什么都没说的坐标 σ "
                "才是 1。",
            ),
            (
                below("noise_of_the_most_telling", 0.1),
                below("off_the_closed_form", 0.15),
                near("noise_of_the_three_least_telling", 1, 0.05),
                below("nats_of_the_three_least_telling", 0.05),
            ),
        ),
        source="expectation",
        neural=True,
        figure="dimensions:draw_noise_of_each_coordinate",
    ),
    Claim(
        id="C52",
        chapter="autoencoders",
        says=Words(
            "However many dimensions the latent has, as long as it can be drawn from, the result "
            "does not suffer.",
            "隐变量的维度再高，只要能采样，都不影响结果。",
        ),
        formula="−ELBO(d) of held-out rows",
        reference="Lucas et al. 2019, arXiv 1911.02469",
        experiment="dimensions:more_dimensions",
        statements=(
            Statement(
                Words(
                    "Data with three linear factors: six dimensions cost no more than three, to "
                    "within .1 nats.",
                    "三个线性因子的数据：六维与三维的代价相差不到 .1 奈特。",
                ),
                (near("factors_nats_lost_at_6", 0, 0.1),),
            ),
            Statement(
                Words(
                    "The moon, with one degree of freedom and a plain KL: eight dimensions cost no "
                    "more than one, to within 5 %.",
                    "月亮只有一个自由度，KL 正常时：八维与一维的代价相差不到 5 %。",
                ),
                (near("plain_eight_over_one", 1, 0.05),),
            ),
            Statement(
                Words(
                    "The moon, with a KL of .09 times that weight: to within 5 %.",
                    "月亮，KL 的权重只有它的 .09 倍时：同样相差不到 5 %。",
                ),
                (near("faint_eight_over_one", 1, 0.05),),
            ),
        ),
        correction=Statement(
            Words(
                "What is left unused costs nothing, and it takes the KL to leave it unused. Where "
                "that is faint a curved set is laid through more dimensions than it needs, which "
                "takes more nats, and draws of N(0, I) miss it.",
                "闲置不用的维度没有代价，但要靠 KL 才会闲置。KL 很弱时，弯曲的数据会被铺进多余的"
                "维度：要花更多奈特，从 N(0, I) 采样也会落空。",
            ),
            (
                above("faint_eight_over_one", 1.2),
                above("faint_moons_at_1", 0.85),
                below("faint_moons_at_8", 0.65),
            ),
        ),
        source="expectation",
        neural=True,
        figure="dimensions:draw_more_dimensions",
    ),
    Claim(
        id="C53",
        chapter="autoencoders",
        says=Words(
            "A real number could name everything there is; with noise on it, it tells the less the "
            "larger the noise.",
            "一个实数可以编码无穷多的物体；加上高斯噪声之后，方差越大，携带的可用信息就越少。",
        ),
        formula="I(μ; μ + n) ≤ ½ log(1 + S/N)",
        reference="Shannon 1948, Bell System Technical Journal 27",
        experiment="information:capacity_of_a_noisy_number",
        statements=(
            Statement(
                Words(
                    "A normal number read with normal noise tells ½ log(1 + S/N) nats.",
                    "正态的数加正态噪声，传递 ½ log(1 + S/N) 奈特。",
                ),
                (
                    near("nats_at_0.01", 0.004975, 1e-5),
                    near("nats_at_1", 0.346574, 1e-5),
                    near("nats_at_10", 1.198948, 1e-5),
                    near("nats_at_100", 2.307560, 1e-5),
                    near("nats_at_10000", 4.605220, 1e-5),
                ),
            ),
            Statement(
                Words(
                    "A number from [0, 10] tells less than that, and the less the more noise.",
                    "[0, 10] 上的数传递得比这更少，噪声越大越少。",
                ),
                (
                    above("least_room_below_capacity", 0),
                    below("nats_of_ten_at_2", 0.6),
                    above("nats_of_ten_at_0.5", 1.6),
                    above("nats_of_ten_at_0.05", 3.8),
                ),
            ),
            Statement(
                Words(
                    "Each halving of a small noise adds log 2: without noise there is no bound.",
                    "噪声很小时，每减半就多 log 2：没有噪声就没有上限。",
                ),
                (near("nats_of_half_the_noise", 0.693147, 0.01),),
            ),
        ),
        source="closed form",
        figure="information:draw_capacity_of_a_noisy_number",
    ),
    Claim(
        id="C59",
        chapter="autoencoders",
        says=Words(
            "In the whole model the assumption that p(z) is normal is never used, and does not "
            "really matter: it is q(z|x) that is assumed to be normal.",
            "在整个 VAE 模型中，并没有去使用 p(z) 是正态分布的假设，用的是后验分布是正态分布的"
            "假设。",
        ),
        formula="E −log p(x|z) + E KL(q(z|x) ‖ p(z)):  p(z) enters by the KL",
        reference="Tomczak & Welling 2018, arXiv 1705.07120",
        experiment="posteriors:other_prior",
        statements=(
            Statement(
                Words(
                    "With a prior of two peaks, all else the same, codes still lie between the "
                    "peaks: a quarter of q(z) or more within ±½.",
                    "先验换成双峰而其余不变时，编码照样落在两峰之间：±½ 之内占四分之一以上。",
                ),
                (above("mass_between_the_peaks_of_two", 0.25),),
            ),
        ),
        correction=Statement(
            Words(
                "The prior enters by the KL, and codes go where it has its mass: under N(0, 1) a "
                "quarter of them or more lie within ±½, under two peaks .15 at most.",
                "先验经由 KL 项进入模型，编码会去先验有质量的地方：先验为 N(0, 1) 时 ±½ 之内占"
                "四分之一以上，双峰时至多 .15。",
            ),
            (
                above("mass_between_the_peaks_of_one", 0.25),
                below("mass_between_the_peaks_of_two", 0.15),
            ),
        ),
        source="proof",
        neural=True,
        figure="posteriors:draw_other_prior",
    ),
    Claim(
        id="C60",
        chapter="autoencoders",
        says=Words(
            "If z is drawn from p(z), one law for all, there is no knowing which x it belongs to.",
            "从同一个先验 p(z) 采样的 z，无从知道它对应哪个真实的 x。",
        ),
        formula="min_g E‖x − g(z)‖² = E Var(x|z),  at  g(z) = E[x|z]",
        reference="the conditional mean minimises the squared error",
        experiment="information:codes_of_one_law",
        statements=(
            Statement(
                Words(
                    "With codes from one law the best decoder gives the mean picture, and its "
                    "error is the variance of the data.",
                    "编码同分布时，最优解码器只会给出平均图，误差等于数据的方差。",
                ),
                (near("error_of_shared_codes", 1, 1e-5), below("from_the_mean_picture", 1e-6)),
            ),
            Statement(
                Words(
                    "With a narrow law for each picture it errs by less than 1 % of that.",
                    "每张图有自己的窄分布时，误差不到它的 1 %。",
                ),
                (below("error_of_own_codes", 0.01),),
            ),
        ),
        figure="information:draw_codes_of_one_law",
    ),
)
