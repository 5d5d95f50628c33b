"""Runs: from options to a folder that holds everything about one training, and back."""
