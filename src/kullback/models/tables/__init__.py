"""The catalogue's rows, family by family: settings, defaults, references, and no torch."""
