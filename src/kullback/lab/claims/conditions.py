"""Claims about VAEs that are given more than rows: classes, and lengths."""

from __future__ import annotations

from kullback.lab.claim import Claim, Statement, Words, above, below

CLAIMS = (
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
)
