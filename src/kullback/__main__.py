"""``python -m kullback`` is the command ``kullback``."""

from kullback.cli import main

main()
