"""The theory's claims, each an experiment with a verdict that follows from what it measures."""
