"""Record what claims came out as: `kullback lab list` and the tests hold to it.

kullback lab run all --out lab    run them
python docs/lab.py lab            record the results under lab
"""

from __future__ import annotations

import sys
from pathlib import Path

from kullback.lab.record import write_record

if __name__ == "__main__":
    write_record(Path(sys.argv[1]))
