"""Claims about the noise of a code: what it costs, what keeps it, what it leaves to be told."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
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
        expected={"noise_at_first": 19.9, "noise_without_kl": 0.0058, "noise_with_kl": 0.041},
        source="run",
        neural=True,
        figure="noise:draw_noise_with_and_without_kl",
    ),
    Claim(
        id="C46",
        chapter="autoencoders",
        says=Words(
            "Proof that the noise vanishes: of one picture x, ‖x − g(μ + σε)‖² can be 0 for all ε "
            "at σ = 0 alone, since a decoder cannot be constant.",
            "方差趋于 0 的证明：对一个样本 x，‖x − g(μ + σε)‖² 要对所有 ε 为 0，只有 σ = 0，"
            "因为解码器不可能是常数函数。",
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
                "A network whose last weights are 0 is constant, and errs by 0 on one picture, "
                "whatever σ. It takes two pictures: then a decoder must listen, and noise costs "
                "σ²‖J‖², exactly so for an affine one; a curved one adds σ²(g − x)·Δg.",
                "末层权重为 0 的网络就是常数函数，对一张图的误差恒为 0，与 σ 无关。至少要两张图："
                "解码器不得不听编码，噪声的代价就是 σ²‖J‖²，对仿射解码器这是精确的；弯曲的解码器还"
                "要加上 σ²(g − x)·Δg。",
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
        id="C66",
        chapter="autoencoders",
        says=Words(
            "With its variance set to 0 a VAE is an autoencoder.",
            "把 VAE 的方差设为 0，它就是 AE。",
        ),
        formula="KL(N(μ, σ²) ‖ N(0, 1)) = ½(μ² + σ² − log σ² − 1) → ∞ as σ → 0",
        reference="Kingma & Welling 2014, arXiv 1312.6114, app. B",
        experiment="shapes:vanishing_noise",
        statements=(
            Statement(
                Words(
                    "Without the KL (β = 0) it tends to one: the gap between the reconstruction "
                    "terms goes as σ².",
                    "去掉 KL（β = 0）时确实如此：两者重构误差之差按 σ² 趋于 0。",
                ),
                (
                    below("reconstruction_gap_at_0.001", 1e-4),
                    near("gap_ratio_of_a_tenth", 100, 1),
                ),
            ),
            Statement(
                Words(
                    "With it (β = 1) as well: the KL settles as σ → 0.",
                    "保留 KL（β = 1）时也如此：σ → 0 时 KL 趋于定值。",
                ),
                (near("kl_growth_of_a_tenth", 0, 0.01),),
            ),
        ),
        correction=Statement(
            Words(
                "Every tenth of σ adds log 10 = 2.303 nats to the KL of each coordinate, without "
                "end.",
                "σ 每缩小到十分之一，每一维的 KL 就增加 log 10 = 2.303 奈特，没有尽头。",
            ),
            (near("kl_growth_of_a_tenth", 2.3026, 1e-3),),
        ),
        figure="shapes:draw_vanishing_noise",
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
)
