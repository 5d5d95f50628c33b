"""A row of the catalogue: what is known of a model before torch is imported.

``Entry.build`` imports the model's function when it is needed.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from kullback.data.outline import Outline
from kullback.data.space import Space
from kullback.errors import BadInput
from kullback.models import settings as s
from kullback.names import nearest

if TYPE_CHECKING:
    from torch import nn

    from kullback.models.model import Model


EXPLICIT = ("sample", "encode", "reconstruct", "interpolate", "likelihood")
AUTOENCODER = ("sample", "encode", "reconstruct", "interpolate")
IMPLICIT = ("sample", "interpolate")


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue.

    ``function`` is where its function lives, ``latent`` gives the default latent dimension from the
    number of features and whether the data are images, ``None`` where there is no latent;
    ``steps``, ``batch_size`` (``image_batch_size`` on images, where that is another), ``lr`` and
    ``betas`` (Adam's) are the defaults of its training.
    ``capabilities`` says what a trained one can do, ``needs`` what its data must have: "labels", a
    "source", a "paired source", "images" or "sequences"; ``compile_pays`` says that long runs of it
    are compiled unless told otherwise; ``notes`` is what is to be known of its settings, one
    sentence each.
    """

    name: str
    family: str
    summary: str
    formula: str
    reference: str
    function: str
    settings: type[s.Settings]
    latent: Callable[[int, bool], int] | None
    capabilities: tuple[str, ...]
    steps: int
    batch_size: int = 128
    image_batch_size: int | None = None
    optimiser: Literal["adam", "rmsprop"] = "adam"
    lr: float = 2e-3
    betas: tuple[float, float] = (0.9, 0.999)
    needs: str | None = None
    compile_pays: bool = False
    recommended: bool = False
    use: str = ""
    notes: Callable[[Any], tuple[str, ...]] = lambda settings: ()

    def rows_in_batch(self, space: Space) -> int:
        """Return the default size of a batch for data of a space."""
        own = self.image_batch_size if space.is_image else None
        return own or self.batch_size

    def resolve(self, chosen: s.Settings, outline: Outline) -> s.Settings:
        """Fill in what follows from the data; what does not fit them raises ``BadInput``."""
        space = outline.space
        self._check_needs(outline)
        if self.latent is None and chosen.latent_dim is not None:
            raise BadInput(f"{self.name} has no latent; leave out latent_dim")
        try:
            found = chosen.defaults(outline, self.lr)
        except BadInput as refusal:
            raise BadInput(f"{self.name}: {refusal}") from None
        if self.latent is not None and chosen.latent_dim is None:
            found["latent_dim"] = self.latent(space.features, space.is_image)
        resolved = chosen.model_copy(update=found)
        if self.name == "pca" and not 0 < (resolved.latent_dim or 0) < space.features:
            raise BadInput(
                f"pca: latent_dim={resolved.latent_dim} must be less than the data's "
                f"{space.features} features and at least 1"
            )
        return resolved

    def build(
        self, outline: Outline, settings: s.Settings, bodies: Mapping[str, nn.Module]
    ) -> Model:
        """Make the model, with random weights, for data of an outline.

        Its function is given, of the outline's fields and of the settings, those that it names.
        """
        module, _, name = self.function.partition(":")
        function = getattr(importlib.import_module(module), name)
        known = inspect.signature(function).parameters
        given = {f.name: getattr(outline, f.name) for f in fields(outline)} | settings.model_dump()
        wanted = {k: v for k, v in given.items() if k in known}
        networks = [k for k, p in known.items() if p.default is None]
        for body in bodies:
            if body not in networks:
                raise BadInput(f"{self.name} has no network called {body}{nearest(body, networks)}")
        model: Model = function(**wanted, **bodies)
        if bodies:
            from kullback.models.model import check_learns, check_shapes

            check_shapes(model, outline, settings.latent_dim or 0)
            check_learns(model, bodies)
        return model

    def _check_needs(self, outline: Outline) -> None:
        if self.needs == "labels" and outline.classes < 2:
            raise BadInput(
                f"{self.name} learns from labels of two classes or more; these data have none"
            )
        if self.needs in ("source", "paired source") and outline.source is None:
            paired = " --paired" if self.needs == "paired source" else ""
            raise BadInput(f"{self.name} learns from two data sets; give --source DATA2{paired}")
        if self.needs == "paired source" and not outline.paired:
            raise BadInput(f"{self.name} needs rows that correspond; say so with --paired")
        if self.needs == "source" and outline.paired:
            raise BadInput(
                f"{self.name} takes two data sets whose rows do not correspond; leave out --paired"
            )
        if self.needs not in ("source", "paired source") and outline.source is not None:
            raise BadInput(f"{self.name} learns from one data set; leave out --source")
        if self.needs == "images" and not outline.space.is_image:
            raise BadInput(
                f"{self.name} learns from pictures of 8 pixels a side or more; these data are none"
            )
        if self.needs == "sequences" and not outline.space.sequence:
            raise BadInput(
                f"{self.name} learns from sequences: a .npz with x and mask; these data are none"
            )
        second = outline.source is not None and outline.source.sequence
        if self.needs != "sequences" and (outline.space.sequence or second):
            raise BadInput(f"{self.name} does not learn from sequences; sequence-vae does")
