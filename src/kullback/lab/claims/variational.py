"""Claims about variational autoencoders: how they are trained and labelled, what comes of it."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="C55",
        chapter="autoencoders",
        says=Words(
            "With two penalties in place of the KL the ratio of their weights has to be chosen, "
            "and the choice matters; the KL's own ratio is 2:1.",
            "若用两项惩罚代替 KL，就面临比例如何选取的问题，选得好坏会影响结果；"
            "KL 本身对应的比例是 2:1。",
        ),
        formula="½‖μ‖² + b‖s‖² against KL = ½Σ(μ² + eˢ − s − 1),  s = log σ²",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 3 and 4",
        experiment="penalties:ratio_of_penalties",
        statements=(
            Statement(
                Words(
                    "The ratio changes how far the codes lie from the prior, by more than a nat of "
                    "KL(q(z) ‖ p(z)).",
                    "比例会改变编码与先验的距离：KL(q(z) ‖ p(z)) 相差超过 1 奈特。",
                ),
                (above("range_of_aggregate_kl", 1),),
            ),
            Statement(
                Words(
                    "Of all ratios 2:1 comes nearest to what the KL gives, in reconstruction and "
                    "in KL(q(z) ‖ p(z)).",
                    "在重构与 KL(q(z) ‖ p(z)) 上，最接近 KL 结果的比例是 2:1。",
                ),
                (below("distance_at_2_over_least", 1),),
            ),
        ),
        correction=Statement(
            Words(
                "2:1 is the ratio of the KL's curvatures at the prior. At codes as certain as "
                "these it is nearer 8:1, as (eˢ − s − 1)/2s² says, and 8:1 comes to the KL's "
                "result at half the distance or less.",
                "2:1 是 KL 在先验处两个曲率之比。编码这样确定时，由 (eˢ − s − 1)/2s² 可知"
                "比例接近 8:1；实测 8:1 与 KL 结果的距离不到 2:1 的一半。",
            ),
            (
                near("ratio_at_the_prior", 2, 1e-6),
                above("ratio_at_the_codes", 4),
                below("distance_at_8_over_that_at_2", 0.5),
            ),
        ),
        expected={"ratio_at_the_codes": 2},
        source="expectation",
        neural=True,
        figure="penalties:draw_ratio_of_penalties",
    ),
    Claim(
        id="C56",
        chapter="autoencoders",
        says=Words(
            "The encoder says log σ² and not σ²: that can have either sign and needs no "
            "activation.",
            "编码器拟合 log σ² 而不是 σ²：前者可正可负，不需要加激活函数。",
        ),
        formula="σ² = exp(s), s any number;  softplus(s);  or s itself",
        reference="Su Jianlin 2018, kexue.fm/archives/5253",
        experiment="variances:ways_to_say_a_variance",
        statements=(
            Statement(
                Words(
                    "A raw σ² turns negative while it learns, and the loss is no number.",
                    "直接输出 σ² 会在训练途中变成负数，损失不再是数。",
                ),
                (below("finite_steps_raw", 299),),
            ),
            Statement(
                Words(
                    "log σ² learns without an activation, well within the ±14 that the library "
                    "holds it to.",
                    "log σ² 不加激活函数即可训练，且远未触及本库设定的 ±14 界限。",
                ),
                (above("finite_steps_log", 300), below("largest_size_of_log_variance", 12)),
            ),
            Statement(
                Words(
                    "So does σ² through a softplus.",
                    "σ² 经过 softplus 也可以。",
                ),
                (above("finite_steps_softplus", 300),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="variances:draw_ways_to_say_a_variance",
    ),
    Claim(
        id="C57",
        chapter="autoencoders",
        says=Words(
            "Drawing z cannot be differentiated, so that the reparameterisation z = μ + σε is "
            "necessary.",
            "“采样”这个操作不可导，因此重参数技巧 z = μ + σε 是必须的。",
        ),
        formula="∇ E f(z) = E ∇f(μ + σε) = E f(z) ∇log q(z),  z ~ q = N(μ, σ²)",
        reference="Kingma & Welling 2014, arXiv 1312.6114, sec. 2.2; Williams 1992",
        experiment="gradients:gradients_of_an_expectation",
        statements=(
            Statement(
                Words(
                    "A draw without a path to μ and σ gives them the gradient 0.",
                    "切断了通往 μ、σ 的路径的采样，梯度恒为 0。",
                ),
                (near("detached_gradient", 0, 0),),
            ),
            Statement(
                Words(
                    "With the path, z = μ + σε, the gradient is right in the mean.",
                    "有了路径 z = μ + σε，梯度在平均意义下是正确的（无偏）。",
                ),
                (
                    below("pathwise_error_in_standard_errors", 4),
                    near("pathwise_share_of_gradient", 1, 0.03),
                ),
            ),
            Statement(
                Words(
                    "Without it there is no gradient to learn by.",
                    "没有它就得不到可供学习的梯度。",
                ),
                (below("score_share_of_gradient", 0.01),),
            ),
        ),
        correction=Statement(
            Words(
                "The score f(z) ∇log q(z) needs no path and is right in the mean too, at many "
                "times the variance (less with a baseline): the trick is better, not necessary.",
                "得分函数估计 f(z) ∇log q(z) 不需要路径，同样无偏，只是方差大好几倍"
                "（减去基线后会小一些）：重参数更好，但并非必须。",
            ),
            (
                below("score_error_in_standard_errors", 4),
                near("score_share_of_gradient", 1, 0.1),
                above("variance_ratio", 5),
            ),
        ),
        source="proof",
        figure="gradients:draw_gradients_of_an_expectation",
    ),
    Claim(
        id="C58",
        chapter="autoencoders",
        says=Words(
            "Posteriors cannot be uniform: wherever two uniform laws differ, the KL is infinite.",
            "后验分布不能取均匀分布：两个均匀分布只要不一致，KL 散度就是无穷大。",
        ),
        formula="KL(U(a, b) ‖ U(0, 1)) = −log(b − a) for 0 ≤ a < b ≤ 1, else ∞",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 7",
        experiment="shapes:uniform_posteriors",
        statements=(
            Statement(
                Words(
                    "A uniform posterior that leaves the support of a uniform prior has an "
                    "infinite KL, and a VAE with that prior has no finite loss at its start.",
                    "均匀后验一旦越出均匀先验的支撑集，KL 就是无穷大；"
                    "采用该先验的 VAE 一开始就没有有限的损失。",
                ),
                (
                    near("kl_outside_is_infinite", 1, 0),
                    near("loss_is_finite_under_uniform_prior", 0, 0),
                ),
            ),
            Statement(
                Words(
                    "U(.2, .5) and U(0, 1) differ, and their KL is infinite.",
                    "U(.2, .5) 与 U(0, 1) 不一致，故 KL 为无穷大。",
                ),
                (near("kl_inside_is_infinite", 1, 0),),
            ),
        ),
        correction=Statement(
            Words(
                "Inside the support it is −log .3 = 1.204, and against a normal prior finite "
                "everywhere: what counts is the prior's support, not the posterior's shape.",
                "在支撑集之内，KL 为 −log .3 = 1.204；先验若是正态分布，KL 处处有限："
                "关键在于先验的支撑集，而不在于后验的形状。",
            ),
            (
                near("kl_inside", 1.204, 1e-3),
                near("kl_to_normal", 1.4648, 1e-3),
                near("kl_to_normal_by_quadrature", 1.4648, 1e-3),
                near("loss_is_finite_under_normal_prior", 1, 0),
                near("kl_inside_is_infinite", 0, 0),
            ),
        ),
        source="closed form",
        figure="shapes:draw_uniform_posteriors",
    ),
    Claim(
        id="C61",
        chapter="autoencoders",
        says=Words(
            "A mean for each class in the KL, and nothing else, is enough to control the class "
            "of what is drawn.",
            "只需在 KL 里给每一类一个专属均值，就能通过控制均值来控制生成图像的类别。",
        ),
        formula="KL(N(μ, σ²) ‖ N(μ_y, I)) = ½ Σ [(μ − μ_y)² + σ² − log σ² − 1]",
        reference="Su Jianlin 2018, kexue.fm/archives/5253, eq. 8",
        experiment="classes:class_means",
        statements=(
            Statement(
                Words(
                    "More than four samples of five are what was asked for, as a judge of real "
                    "digits reads them.",
                    "由真实数字训练的分类器判断，五个样本中有四个以上符合所要求的类别。",
                ),
                (above("read_as_asked_class_mean", 0.8),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="classes:draw_class_means",
    ),
    Claim(
        id="C62",
        chapter="autoencoders",
        says=Words(
            "Data of several classes can lie under one prior N(0, I): together the codes are it, "
            "and each class has a sector.",
            "多类数据也能共用一个先验 N(0, I)：所有编码合起来凑成标准正态，每一类各占一个扇形。",
        ),
        formula="q(z) = Σ_y q(y) q(z|y) ≈ N(0, I)",
        reference="kexue.fm/archives/5253, comments; kexue.fm/archives/7725",
        experiment="classes:one_prior",
        statements=(
            Statement(
                Words(
                    "A linear probe reads the class of held-out rows in their codes.",
                    "线性探针能从编码读出未见样本的类别。",
                ),
                (above("label_accuracy_of_codes", 0.85),),
            ),
            Statement(
                Words(
                    "Together the codes have the moments of N(0, I).",
                    "所有编码合起来具有 N(0, I) 的均值与方差。",
                ),
                (
                    below("largest_mean_of_aggregate", 0.15),
                    below("largest_error_of_variance", 0.3),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="classes:draw_one_prior",
    ),
    Claim(
        id="C63",
        chapter="autoencoders",
        says=Words(
            "A VAE's samples are blurred, and a GAN's are sharp.",
            "VAE 容易生成模糊的图像，GAN 生成的图像更锐利。",
        ),
        formula="sharpness = E Var(Δx of samples) / E Var(Δx of data);  p(x|z) = N(g(z), σ²)",
        reference="Rybkin, Daniilidis & Levine 2021, arXiv 2006.13202",
        experiment="sharpness:blur",
        statements=(
            Statement(
                Words(
                    "A VAE with the plain squared error, σ = 1, is less than .8 as sharp as the "
                    "data.",
                    "用普通平方误差（σ = 1）的 VAE，清晰度不到数据的 .8。",
                ),
                (below("vae_sigma_1", 0.8),),
            ),
            Statement(
                Words(
                    "A GAN is as sharp as the data, to within 15 %.",
                    "GAN 的清晰度与数据相差不到 15%。",
                ),
                (near("gan", 1, 0.15),),
            ),
            Statement(
                Words(
                    "It lies in the decoder's σ, which says what counts as the same picture: the "
                    "same VAE is more than twice as sharp at σ = .3, and at σ = .2 no less sharp "
                    "than the data. More than 1 is no better: it is noise.",
                    "原因在于解码器的 σ，它规定了多大的差别算“同一张图”：同一个 VAE 在 σ = .3 时"
                    "清晰度是原来的两倍以上，σ = .2 时不比数据模糊。超过 1 并不更好，那是噪声。",
                ),
                (above("vae_sigma_0.3_over_that_at_1", 2), above("vae_sigma_0.2", 1)),
            ),
        ),
        source="expectation",
        neural=True,
        figure="sharpness:draw_blur",
    ),
    Claim(
        id="C65",
        chapter="autoencoders",
        says=Words(
            "An autoencoder generalises badly: of a row it has not seen it makes something else.",
            "自编码器的泛化能力很差：没见过的样本，编码再解码后往往与原数据差别很大。",
        ),
        formula="E‖x − g(f(x))‖² on held-out rows; g(z), z ~ fitted Gaussian; g(½(f(x) + f(x′)))",
        reference="Hinton & Salakhutdinov 2006, Science 313",
        experiment="generalisation:three_ways_to_generalise",
        statements=(
            Statement(
                Words(
                    "Its error on held-out rows is half as large again as on those it learnt.",
                    "它在未见样本上的误差比训练样本大一半以上。",
                ),
                (above("ae_error_over_training", 1.5),),
            ),
        ),
        correction=Statement(
            Words(
                "It reconstructs held-out rows as well as those it learnt. What fails are draws of "
                "a fitted prior and midpoints of codes; a VAE of this size fails there too.",
                "它重构未见样本与重构训练样本一样好；失败的是从拟合的先验采样以及编码的中点插值，"
                "而同样大小的 VAE 在这两点上同样失败。",
            ),
            (
                below("ae_error_over_training", 1.2),
                below("ae_drawn_over_real", 0.6),
                below("ae_midpoints_over_real", 0.6),
                below("vae_drawn_over_real", 0.6),
                below("vae_midpoints_over_real", 0.6),
            ),
        ),
        source="expectation",
        neural=True,
        figure="generalisation:draw_three_ways_to_generalise",
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
        id="C68",
        chapter="autoencoders",
        says=Words(
            "A VAE is stable and a GAN is not: trained again it comes out otherwise.",
            "VAE 的稳定性很强；GAN 稳定性不好，很难训练，换个种子结果就不同。",
        ),
        formula="standard deviation over seeds of KL(shares of modes ‖ weights), in nats",
        reference="Lucic et al. 2018, arXiv 1711.10337",
        experiment="coverage:spread_of_trainings",
        statements=(
            Statement(
                Words(
                    "Three trainings of a VAE share the modes out alike, to within .01 nats.",
                    "VAE 的三次训练在各模式间的分配一致，相差不到 .01 奈特。",
                ),
                (below("vae_reverse_kl_spread", 0.01), below("vae_modes_spread", 0.5)),
            ),
            Statement(
                Words(
                    "Three trainings of a plain GAN do not.",
                    "普通 GAN 的三次训练则不一致。",
                ),
                (above("gan_reverse_kl_spread", 0.01),),
            ),
        ),
        source="expectation",
        neural=True,
        figure="coverage:draw_spread_of_trainings",
    ),
    Claim(
        id="C69",
        chapter="autoencoders",
        says=Words(
            "A GAN is sharper than a VAE but drops modes.",
            "GAN 的效果比 VAE 锐利，但容易丢失模式。",
        ),
        formula="VAE: KL(data ‖ p), which covers;  GAN: 2 KL(m ‖ data), m = ½(data + p)",
        reference="Lin et al. 2018, arXiv 1712.04086",
        experiment="coverage:covering_and_sharp",
        statements=(
            Statement(
                Words(
                    "Of the GAN's samples more are good than of the VAE's.",
                    "GAN 的高质量样本比例高于 VAE。",
                ),
                (above("gan_quality_minus_vae", 0.05),),
            ),
            Statement(
                Words(
                    "The VAE finds all 8 modes, each with its share.",
                    "VAE 覆盖全部 8 个模式，且各占应有的份额。",
                ),
                (above("vae_modes", 8), below("vae_reverse_kl", 0.02)),
            ),
            Statement(
                Words(
                    "The GAN drops modes.",
                    "GAN 丢失了一些模式。",
                ),
                (below("gan_modes", 7.5),),
            ),
        ),
        correction=Statement(
            Words(
                "On this ring it finds them all, but shares its samples out among them unequally: "
                "a reverse KL of over .02 nats, where the VAE's is under.",
                "在这个环上它找到了全部模式，但样本在各模式间分配不均：反向 KL 在 .02 奈特以上，"
                "而 VAE 的在其下。",
            ),
            (above("gan_modes", 7.5), above("gan_reverse_kl", 0.02)),
        ),
        source="expectation",
        neural=True,
        figure="coverage:draw_covering_and_sharp",
    ),
    Claim(
        id="C70",
        chapter="autoencoders",
        says=Words(
            "One draw of z for each row is enough to learn by.",
            "每个样本只采样一次 z 就足够了。",
        ),
        formula="E log p(x|z) ≈ (1/K) Σ_k log p(x|z_k),  z_k ~ q(z|x)",
        reference="Kingma & Welling 2014, arXiv 1312.6114, sec. 2.3",
        experiment="draws:draws_of_the_latent",
        statements=(
            Statement(
                Words(
                    "VAEs taught by K = 1 and by K = 10 have the same held-out ELBO, to "
                    "within 1 %.",
                    "K = 1 与 K = 10 训练出的 VAE，测试 ELBO 相差不到 1%。",
                ),
                (below("relative_difference", 0.01),),
            ),
            Statement(
                Words(
                    "It has to be a draw of q(z|x): from draws of the prior the decoder learns "
                    "the mean of x.",
                    "但必须从 q(z|x) 采样：若从先验采样，解码器只学到 x 的均值。",
                ),
                (
                    below("prior_spread_of_decoded", 0.05),
                    near("prior_error_over_variance", 1, 0.02),
                ),
            ),
        ),
        source="expectation",
        neural=True,
        figure="draws:draw_draws_of_the_latent",
    ),
    Claim(
        id="C73",
        chapter="autoencoders",
        says=Words(
            "Sequences of unequal lengths are pooled to one vector; with padding and a mask the "
            "result is that of the sequences as they are.",
            "变长序列要先池化成定长向量；padding 加 mask 使定长处理的结果等价于不定长处理的结果。",
        ),
        formula="q(z|x, mask): means and maxima over the steps t with mask_t = 1",
        reference="Ha & Eck 2017, arXiv 1704.03477; kexue.fm/archives/5253, comments",
        experiment="sequences:padding",
        statements=(
            Statement(
                Words(
                    "With the mask neither code nor loss nor gradient depends on how much padding "
                    "there is, or on what it holds.",
                    "有掩码时，编码、损失、梯度都与补多少位、补什么内容无关。",
                ),
                (
                    below("code_change_with_mask", 1e-6),
                    below("loss_change_with_mask", 1e-6),
                    below("gradient_change_with_mask", 1e-6),
                ),
            ),
            Statement(
                Words(
                    "Padding alone is not enough: without the mask codes move, for zeros too.",
                    "只做 padding 不够：没有掩码，编码就会变，补零也不例外。",
                ),
                (
                    above("code_change_without_mask_zeros", 0.05),
                    above("code_change_without_mask_noise", 0.05),
                ),
            ),
        ),
        figure="sequences:draw_padding",
    ),
    Claim(
        id="B2-nll",
        chapter="autoencoders",
        says=Words(
            "The negative log-likelihood of a model on a set of pictures is a number.",
            "一个模型在一个图像数据集上的 NLL 是一个确定的数。",
        ),
        formula="NLL = −E log p(x);  L_K = E log (1/K) Σ w_k ≤ log p(x)",
        reference="Burda, Grosse & Salakhutdinov 2016, arXiv 1509.00519; "
        "Loaiza-Ganem & Cunningham 2019, arXiv 1907.06845",
        experiment="likelihoods:protocols",
        statements=(
            Statement(
                Words(
                    "Bits drawn once or at every look, rows seen or held out, few importance "
                    "samples or many, few epochs or many: each changes it by less than .2 nats.",
                    "二值化是一次性的还是每次重采，样本见过与否，重要性采样多少次，训练多少轮："
                    "每一项对它的影响都不到 .2 奈特。",
                ),
                (
                    near("static_minus_dynamic", 0, 0.2),
                    near("held_out_minus_training", 0, 0.2),
                    near("few_draws_minus_many", 0, 0.2),
                    near("first_epochs_minus_last", 0, 0.2),
                ),
            ),
            Statement(
                Words(
                    "The cross-entropy of grey pixels is one too: its exponential has mass 1.",
                    "灰度像素的交叉熵也是 NLL：其指数的总质量为 1。",
                ),
                (near("log_mass_of_grey_cross_entropy", 0, 0.2),),
            ),
        ),
        correction=Statement(
            Words(
                "Each of the four changes it by more than .2 nats, so that an NLL without its "
                "protocol says little; and the cross-entropy of grey pixels is short of a density "
                "by many nats a picture.",
                "这四项各自的影响都超过 .2 奈特，不说明协议的 NLL 意义不大；"
                "灰度像素的交叉熵离一个密度还差得远，每张图差许多奈特。",
            ),
            (
                above("static_minus_dynamic", 0.2),
                above("held_out_minus_training", 0.2),
                above("few_draws_minus_many", 0.2),
                above("first_epochs_minus_last", 0.2),
                below("log_mass_of_grey_cross_entropy", -1),
            ),
        ),
        expected={"static_minus_dynamic": 2},
        source="expectation",
        neural=True,
        figure="likelihoods:draw_protocols",
    ),
    Claim(
        id="B2-modes",
        chapter="gan",
        says=Words(
            "Samples that find every mode, and share themselves out among the modes as the data "
            "do, are good samples.",
            "样本覆盖了所有模式，且在各模式间的分配与数据一致，就是好样本。",
        ),
        formula="truth: P(within 3σ) = 1 − e^{−9/2} = .9889;  E KL(shares ‖ weights) ≈ (M − 1)/2n",
        reference="Lin et al. 2018, arXiv 1712.04086",
        experiment="modes:measures_of_modes",
        statements=(
            Statement(
                Words(
                    "A circle without features has all 8 modes and a reverse KL at the floor of "
                    "true data; its samples, then, are good as the truth's are.",
                    "一个毫无特征的圆覆盖全部 8 个模式，反向 KL 也处于真实数据的下限；"
                    "那么它的样本应当和真实数据一样好。",
                ),
                (
                    near("circle_modes", 8, 0),
                    below("circle_reverse_kl", 0.0037),
                    above("circle_high_quality", 0.95),
                ),
            ),
        ),
        correction=Statement(
            Words(
                "7.6 % of them are good, where the truth scores 98.89 % and not 100: the three "
                "numbers are to be read together, beside those of true data. And a ring drawn at "
                "linspace(0, 2π, 8) has 7 modes.",
                "其中只有 7.6% 是好样本，而真实数据是 98.89%（不是 100%）：三个数必须一起看，"
                "并与真实数据的数值并列。另外，用 linspace(0, 2π, 8) 画的环只有 7 个模式。",
            ),
            (
                near("circle_high_quality", 0.0764, 0.005),
                near("truth_high_quality", 0.9889, 0.002),
                near("ring_floor", 0.0014, 1e-4),
                near("ring_floor_99", 0.0037, 3e-4),
                near("grid_floor", 0.0048, 1e-4),
                near("grid_floor_99", 0.0086, 3e-4),
                near("modes_of_closed_linspace", 7, 0),
                near("modes_of_ring", 8, 0),
            ),
        ),
        source="closed form",
        figure="modes:draw_measures_of_modes",
    ),
)
