"""Writing tensors while training goes on: only the copy is waited for, not the disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from kullback.runs.folder import Folder


class Writer:
    """Writes files of tensors one after the other, each whole, in the order of ``write``."""

    def __init__(self, thread: Executor) -> None:
        self._thread = thread
        self._writes: list[Future[None]] = []

    def write(self, path: Path, tensors: Mapping[str, Tensor], about: Any) -> None:
        """Have tensors written as they are now, and a JSON value beside them."""
        copies = {name: t.detach().to("cpu", copy=True) for name, t in tensors.items()}
        self._writes.append(self._thread.submit(Folder.write_tensors, path, copies, about))

    def wait(self) -> None:
        """Wait for all that was given; raise the first error that there was in writing it."""
        writes, self._writes = self._writes, []
        for write in writes:
            write.result()


@contextmanager
def writing() -> Iterator[Writer]:
    """Give a writer; on leaving, whatever for, all that it was given has been written."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="kullback-writer") as thread:
        writer = Writer(thread)
        yield writer
        writer.wait()
