"""Sines and cosines of x at doubling frequencies, and two networks that see them.

A perceptron learns what varies slowly in its inputs long before what varies fast (Rahaman et al.,
2019, arXiv 1806.08734); sin kx and cos kx beside x make the fast slow (Tancik et al., 2020, arXiv
2006.10739).

Under noise, x + sε with ε ~ N(0, I), a wave of frequency k keeps the share exp(−(sk)²/2) of its
amplitude on average: E sin k(x + sε) = exp(−(sk)²/2) sin kx. A critic that is told s is shown each
wave faded by that share, so that what noise has made meaningless is not there to be fitted.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def waves(x: Tensor, octaves: int, s: Tensor | None = None) -> Tensor:
    """sin kx and cos kx for k = 1, 2, …, 2^(octaves−1), (B, D) → (B, 2·octaves·D).

    With the sizes of noise ``s`` (B,) each is multiplied by exp(−(sk)²/2).
    """
    k = 2.0 ** torch.arange(octaves, device=x.device, dtype=x.dtype)
    turned = k * x[..., None]
    both = torch.stack([turned.sin(), turned.cos()])
    if s is not None:
        both = both * torch.exp(-0.5 * (s[:, None, None] * k) ** 2)
    return both.movedim(0, 1).flatten(1)


class NoiseTold(nn.Module):
    """A critic's body that is told the size of the noise on its points: (B, *shape), (B,) → (B, n).

    ``body`` is given the points drawn in to ``centre`` by √(1 + (s/``scale``)²), so that they are
    of the data's size whatever s is, with log s/``scale`` beside them and, for ``octaves`` above 0,
    the faded waves. ``scale`` is the standard deviation of one coordinate of the data.
    """

    def __init__(self, body: nn.Module, centre: float, scale: float, octaves: int = 0) -> None:
        super().__init__()
        self.body = body
        self.centre = centre
        self.scale = scale
        self.octaves = octaves

    def forward(self, x: Tensor, s: Tensor) -> Tensor:
        relative = s / self.scale
        shrink = (1 + relative**2).rsqrt().view(-1, *[1] * (x.dim() - 1))
        beside = [relative.log()[:, None]]
        if self.octaves:
            beside.append(waves(x, self.octaves, s))
        drawn_in = self.centre + shrink * (x - self.centre)
        found: Tensor = self.body(drawn_in, torch.cat(beside, 1))
        return found


class Corrected(nn.Module):
    """A generator's body that corrects its own draft: x ← x + r(x, z, waves of x), from x = h(z).

    The ``draft`` h takes z, and what is given beside it, to (B, 1, D); each correction r takes
    (B, D), these and the waves to (B, D), and has weights of its own, of which the last layer's
    start at 0: the first samples are the draft's. Where data lie in small clusters, the slope that
    leads from one Gaussian to all of them with little between is out of a perceptron's reach;
    corrections, which see x by its waves, pull what is near a cluster into it, and their slopes
    multiply.
    """

    def __init__(self, draft: nn.Module, corrections: Iterable[nn.Module], octaves: int) -> None:
        super().__init__()
        self.draft = draft
        self.corrections = nn.ModuleList(corrections)
        self.octaves = octaves
        with torch.no_grad():
            for correction in self.corrections:
                *_, last = (m for m in correction.modules() if isinstance(m, nn.Linear))
                last.weight.zero_()

    def forward(self, *z: Tensor) -> Tensor:
        numbers: Tensor = self.draft(*z)
        x = numbers.flatten(1)
        for correction in self.corrections:
            x = x + correction(x, *z, waves(x, self.octaves))
        return x.view_as(numbers)
