"""Writing tensors while training goes on: only the copy is waited for, not the disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kullback.runs.folder import Folder


class Writer:
    """Writes files of tensors one after the other, each whole, in the order of ``write``."""

    def __init__(self, thread: Executor) -> None:
        self._thread = thread
        self._writes: dict[Path, Future[None]] = {}

    def write(self, path: Path, tensors: Mapping[str, Tensor], about: Any) -> None:
        """Have tensors written as they are now, and a JSON value beside them.

        Waits for the write before it to the same file, so that no more than one copy of it is kept
        however slow the disk is, and raises the error that there was in that.
        """
        if path in self._writes:
            self._writes.pop(path).result()
        copies = {
            name: tensor.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
            for name, tensor in tensors.items()
        }
        self._writes[path] = self._thread.submit(Folder.write_tensors, path, copies, about)

    def wait(self) -> None:
        """Wait for all that was given; raise the first error that there was in writing it."""
        writes, self._writes = self._writes, {}
        for write in writes.values():
            write.result()


@contextmanager
def writing() -> Iterator[Writer]:
    """Give a writer; on leaving, whatever for, all that it was given has been written.

    An error in writing is raised even where something else went wrong, which it then has as its
    context: whoever is told that the last good state was saved must be able to rely on it.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="kullback-writer") as thread:
        writer = Writer(thread)
        try:
            yield writer
        finally:
            writer.wait()
