"""Models of sequences of unequal lengths."""

from __future__ import annotations

from kullback.models.entry import EXPLICIT, Entry
from kullback.models.settings import Variational
from kullback.models.tables.latent import few

ENTRIES = (
    Entry(
        name="sequence-vae",
        family="autoencoder",
        summary="The VAE of sequences of unequal lengths: their steps, and how many they are.",
        use="Take it for strokes, short series and short texts that one code can describe whole. "
        "Not for long ones: each step is drawn by itself given the code, so whatever the code does "
        "not say comes out as noise.",
        formula="min  KL( data(x) data(mask) q(z|x, mask) ‖ p(z) p(mask|z) p(x|z, mask) )",
        reference="Ha & Eck 2017, arXiv 1704.03477 (there recurrent networks and a decoder that "
        "reads what it wrote)",
        function="kullback.models.sequences:sequence_vae",
        settings=Variational,
        latent=few,
        capabilities=EXPLICIT,
        steps=4000,
        needs="sequences",
    ),
)
