"""What can go wrong, one class per exit code of the command line.

A message is one sentence or two on one line: what was wrong, where, and what would be right.
"""

from __future__ import annotations


class KullbackError(Exception):
    """The base of every error this library raises on purpose."""

    exit_code = 1


class BadInput(KullbackError):
    """Data, an option or a folder that cannot be used (exit code 2)."""

    exit_code = 2


class Unsupported(BadInput):
    """A model was asked for what has no meaning for it, e.g. the code of an image from a GAN."""


class TrainingFailed(KullbackError):
    """Training met a number that is not finite; the message is the diagnosis (exit code 3)."""

    exit_code = 3


class Interrupted(KullbackError):
    """Training was stopped by a signal after its state was saved (exit code 128 + signal)."""

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal
