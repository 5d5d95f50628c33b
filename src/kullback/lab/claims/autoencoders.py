"""Claims about codes without a KL: PCA, autoencoders, and what lies between codes."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below, near

CLAIMS = (
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
                    "What it makes of a held-out row is far from it: an error of half the data's "
                    "variance or more, half as large again as on the rows it learnt.",
                    "未见样本解码后与原数据差别很大：误差达到数据方差的一半以上，比训练样本的大"
                    "一半以上。",
                ),
                (above("ae_error_over_variance", 0.5), above("ae_error_over_training", 1.5)),
            ),
        ),
        correction=Statement(
            Words(
                "It reconstructs held-out rows as well as those it learnt, and nine of ten are "
                "still sure digits. What fails are draws of a fitted prior and midpoints of codes; "
                "a VAE of this size fails there too.",
                "它重构未见样本与重构训练样本一样好，十个里有九个仍是清楚的数字；失败的是从拟合的"
                "先验采样以及编码的中点插值，而同样大小的 VAE 在这两点上同样失败。",
            ),
            (
                below("ae_error_over_training", 1.2),
                below("ae_error_over_variance", 0.25),
                above("ae_reconstructed_over_real", 0.85),
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
)
