"""Models of sequences of unequal lengths."""

from __future__ import annotations

from pydantic import Field

from kullback.models.entry import EXPLICIT, Entry
from kullback.models.settings import Size, Variational
from kullback.models.tables.latent import few


class Sequential(Variational):
    """Variational autoencoders of sequences."""

    hidden: list[Size] | None = Field(
        None,
        description="widths of the encoder's convolutions, after which a hidden layer as wide as "
        "the last sees the whole, and of the hidden layers of the decoder and of the length; [] "
        "makes all of them affine; not given, two convolutions, and one or two hidden layers",
    )


ENTRIES = (
    Entry(
        name="sequence-vae",
        family="autoencoder",
        summary="The VAE of sequences of unequal lengths: their steps, and how many they are.",
        use="Take it for strokes, short series and short texts that one code can describe whole. "
        "Not for long ones: each step is drawn by itself given the code, so whatever the code does "
        "not say comes out as noise.",
        formula="min  KL( data(x, mask) q(z|x, mask) ‖ p(z) p(mask|z) p(x|z, mask) )",
        reference="Ha & Eck 2017, arXiv 1704.03477 (there recurrent networks and a decoder that "
        "reads what it wrote)",
        function="kullback.models.sequences:sequence_vae",
        settings=Sequential,
        latent=few,
        capabilities=EXPLICIT,
        steps=4000,
        needs="sequences",
    ),
)
