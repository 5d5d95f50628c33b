"""Bounds on how steep a critic can be, that hold by construction.

    clipping          every parameter stays in [−c, c], brought back after each step
    spectral norm     every layer's weight W is used as W/σ(W), σ its largest singular value

Each makes the critic Lipschitz: a product of layers, with activations of slope at most one, is no
steeper than the product of their norms. Clipping bounds that product loosely, and pushes most
weights to ±c (Arjovsky et al., 2017, arXiv 1701.07875; Gulrajani et al., 2017, arXiv 1704.00028);
spectral normalisation sets it to one for linear layers (Miyato et al., 2018, arXiv 1802.05957). A
convolution's weight is normalised as the matrix (maps, inputs · kernel), which bounds the layer up
to a constant of its kernel and stride.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized


def clipping(module: nn.Module, bound: float) -> Callable[[], None]:
    """Return what brings every parameter of a module back into [−bound, bound], in place."""

    def clip() -> None:
        for parameter in module.parameters():
            parameter.clamp_(-bound, bound)

    return clip


def spectrally_normalised(module: nn.Module) -> nn.Module:
    """Make every linear and convolutional layer divide its weight by its largest singular value.

    σ comes from a power iteration, one step at each forward pass in training mode, which goes on
    from the last: its vectors are buffers of the layer. Layers that are so already stay as they
    are; the module itself is changed and returned.
    """
    for layer in module.modules():
        weighted = isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))
        if weighted and not is_parametrized(layer, "weight"):
            spectral_norm(layer)
    return module
