"""The latent map: where a model puts held-out rows, and where its prior puts new ones.

Codes of more than two dimensions are turned, not centred or scaled, to their two principal axes,
and draws of the prior with them: a standard normal prior stays one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kullback.report import figures
from kullback.report.elements import Html, drawing, element, together
from kullback.report.figures import Frame
from kullback.report.subject import Group, Subject
from kullback.report.views import class_legend, principal_axes

Array = npt.NDArray[Any]

_MOST_CODES = 2_000
_PRIOR_SEED = 0


def latent_map(group: Group, subject: Subject) -> Html:
    """Return the codes of held-out rows over draws of the prior, coloured by class."""
    part = group.dataset.test
    y = None if part.y is None else part.y[:_MOST_CODES]
    codes = subject.run.encode(part.observations[:_MOST_CODES], subject.run.labels_for(y))
    z = codes.astype(np.float64)
    prior = subject.run.prior_codes(_MOST_CODES, _PRIOR_SEED).astype(np.float64)
    names = group.dataset.label_names
    if z.shape[1] == 1:
        drawn = figures.histogram(prior[:, 0], z[:, 0], "z")
        caption = f"{len(z):,} codes as a line, the prior in grey."
        return _figure(drawing(drawn, "histogram of codes over the prior"), caption)
    z, prior, labels, how = _in_plane(z, prior)
    frame = Frame.around(np.concatenate([z, prior]), labels)
    coloured = y is not None and names is not None and len(names) <= figures.MOST_CLASSES
    drawn = figures.codes(frame, prior, z, y if coloured else None)
    caption = f"{len(z):,} codes, {how}."
    found = _figure(drawing(drawn, "codes of held-out rows over draws of the prior"), caption)
    return together(found, class_legend(names)) if coloured and names else found


def _in_plane(z: Array, prior: Array) -> tuple[Array, Array, tuple[str, str], str]:
    if z.shape[1] == 2:
        return z, prior, ("z₁", "z₂"), "both dimensions of z"
    axes, share = principal_axes(z)
    how = f"on the two principal axes of all {z.shape[1]} dimensions, {share:.0%} of their variance"
    return z @ axes, prior @ axes, ("first axis of z", "second axis of z"), how


def _figure(content: Html, caption: str) -> Html:
    return element("figure", content, element("figcaption", caption))
