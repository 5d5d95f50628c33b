"""The one style of all figures, and how a figure becomes an SVG that follows the page's theme.

Ink is drawn in a colour that stands for the page's own: in the SVG it becomes ``currentColor``,
dark on a light page and light on a dark one. Every other colour here can be read on both.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

MODEL = "#3a86d4"
SECOND = "#d55e00"
DATA = "#8b929c"
PALETTE = ("#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#3a6fd8")
"""Okabe and Ito's colours, to be told apart by the colour-blind, without those too light or dark
for one of the two themes."""

MARKERS = {"o": "●", "^": "▲", "s": "■", "D": "◆", "P": "✚"}
"""Matplotlib's markers, and the letters that show them in a legend."""

SQUARE = (2.84, 2.66)
PANEL = (3.1, 2.0)

_INK = "#010203"
_FONT = "DejaVu Sans"
_LEFT, _BOTTOM, _RIGHT, _TOP = 0.66, 0.44, 0.1, 0.14
_DPI = 200
_RC: dict[RcKeyType, Any] = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.labelsize": 9,
    "font.family": "sans-serif",
    "font.sans-serif": [_FONT],
    "lines.linewidth": 1.4,
    "svg.fonttype": "none",
    "svg.hashsalt": "kullback",
    "text.color": _INK,
    "xtick.color": _INK,
    "xtick.labelsize": 8.5,
    "xtick.major.width": 0.6,
    "ytick.color": _INK,
    "ytick.labelsize": 8.5,
    "ytick.major.width": 0.6,
}
_THEME = (
    "<style>:root{color:#4a5260}@media(prefers-color-scheme:dark){:root{color:#b4bcc8}}</style>"
)


def draw(paint: Callable[[Axes], None], size: tuple[float, float]) -> str:
    """Return what ``paint`` draws on axes in the style, as SVG; ``size`` is in inches."""
    with mpl.rc_context(_RC):
        figure = Figure(figsize=size)
        paint(figure.add_axes(_inside(size)))
        file = io.StringIO()
        figure.savefig(
            file,
            format="svg",
            dpi=_DPI,
            transparent=True,
            metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")),
        )
    text = file.getvalue()
    text = text[text.index("<svg") :].replace(_INK, "currentColor")
    text = text.replace(f"'{_FONT}', sans-serif", "system-ui, sans-serif")
    return text.replace(">", f">{_THEME}", 1)


def _inside(size: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return where axes lie, as shares of the figure: margins are equal, so that frames align."""
    width, height = size
    inner = (width - _LEFT - _RIGHT) / width, (height - _BOTTOM - _TOP) / height
    return _LEFT / width, _BOTTOM / height, *inner
