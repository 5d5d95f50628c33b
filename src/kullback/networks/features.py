"""What a network sees in an observation: its last hidden layer.

A critic, or a classifier, computes one number or a few from features that it has learned for that
end. They are a measure of likeness of their own: two pictures that differ in every pixel can have
the same ones. Larsen et al. (2016, arXiv 1512.09300).
"""

from __future__ import annotations

from torch import nn

from kullback.errors import BadInput
from kullback.networks.bodies import Body
from kullback.networks.critics import Logit
from kullback.networks.heads import Network


def features_of(network: nn.Module) -> nn.Module:
    """All of a network but its last layer, (B, …) → (B, …): the very layers, not copies of them.

    ``BadInput`` for a network that is not layers in a row: one of one's own is an
    ``nn.Sequential`` then.
    """
    if isinstance(network, (Logit, Network)):
        return features_of(network.body)
    if isinstance(network, Body):
        return Body(network.join, features_of(network.layers))
    if isinstance(network, nn.Sequential):
        return nn.Sequential(*list(network)[:-1])
    raise BadInput(
        f"the features of a {type(network).__name__} are not known; give an nn.Sequential, whose "
        "last layer makes the output from them"
    )
