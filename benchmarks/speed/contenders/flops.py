"""How many floating-point operations a step takes: those of its products and convolutions.

PyTorch's own ``FlopCounterMode`` has the formulas, but its hooks on modules do not bear a gradient
taken within a forward pass, as penalties take it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total: int = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        found = func(*args, **kwargs)
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **kwargs, out_val=found)
        return found


def flops_of(step: Callable[[], object]) -> int:
    """Take a step, and return the operations of its matrix products and convolutions."""
    counting = _Counting()
    with counting:
        step()
    return counting.total
