"""A network as it stands: slopes lead through it to its inputs, and not into its parameters."""

from __future__ import annotations

from typing import Any

from torch import nn
from torch.func import functional_call


class Still(nn.Module):
    """The function that ``network`` is at the moment, without parameters to train.

    It shares ``network``'s weights and follows them. A factor of a joint that is one of these
    scores what others draw, and is not moved by it.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._network = (network,)  # in a tuple, out of sight of ``parameters()``

    def forward(self, *inputs: Any) -> Any:
        (network,) = self._network
        held = {name: parameter.detach() for name, parameter in network.named_parameters()}
        return functional_call(network, held, inputs)
