"""Claims about the likelihood that a decoder has, and what its figure depends on."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
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
                    "same VAE is more than twice as sharp at σ = .3.",
                    "原因在于解码器的 σ，它规定了多大的差别算“同一张图”：同一个 VAE 在 σ = .3 时"
                    "清晰度是原来的两倍以上。",
                ),
                (above("vae_sigma_0.3_over_that_at_1", 2),),
            ),
            Statement(
                Words(
                    "At σ = .2 it is no less sharp than the data.",
                    "σ = .2 时不比数据模糊。",
                ),
                (above("vae_sigma_0.2", 1),),
            ),
        ),
        correction=Statement(
            Words(
                "The smaller σ is, the sharper is the same VAE; at σ = .2 its samples are still "
                "softer than the data.",
                "σ 越小，同一个 VAE 越清晰；σ = .2 时样本仍比数据模糊。",
            ),
            (above("vae_sigma_0.3_over_that_at_1", 2), below("vae_sigma_0.2", 1)),
        ),
        source="expectation",
        neural=True,
        figure="sharpness:draw_blur",
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
)
