"""Drawing from the model side, whatever it is a model of."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from kullback.distributions import Noise
from kullback.lab.learn import tensor
from kullback.lab.outcome import Array
from kullback.objectives import Joint


@torch.no_grad()
def drawn(
    p: Joint, noise: Noise, given: Mapping[str, Array] | None = None, *, mean: bool = False
) -> Array:
    """Draw x of the model side, a row of ``noise`` each, (n, …) in model units.

    From p(x|z), or its ``mean``. ``given`` are rows of what p observes: labels, or a second set.
    """
    batch = {name: tensor(rows) for name, rows in (given or {}).items()}
    trace = p.trace(batch, noise, "x")
    found: Tensor = trace.distributions["x"].mean if mean else trace.values["x"]
    return found.numpy()
