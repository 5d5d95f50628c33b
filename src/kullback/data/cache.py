"""Where what can be made again is kept, outside of data and runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache() -> Path:
    """The folder ``kullback`` in ``XDG_CACHE_HOME``, or in ``~/.cache``; it need not exist."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "kullback"
