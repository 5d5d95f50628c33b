from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import kullback as kb
from kullback.report import write_report
from kullback.runs.run import Run

Trainer = Callable[..., Run]


class Page(HTMLParser):
    """HTML taken apart; elements must be closed in the order in which they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    @property
    def text(self) -> str:
        texts = [part for tag, parts in self.texts.items() if tag != "style" for part in parts]
        return " ".join(texts)

    def values(self, tag: str, name: str) -> list[str]:
        return [v for t, n, v in self.attributes if (t, n) == (tag, name)]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Train a small model for a moment, in a folder of the given name."""
    root = tmp_path_factory.mktemp("runs")

    def train(name: str, model: str, data: object, **settings: Any) -> Run:
        options: dict[str, Any] = {"steps": 2, "threads": 1, "batch_size": 8, **settings}
        if model != "pca":
            options["hidden"] = [8]
        return kb.train(model, data=data, out=root / name, **options)

    return train


@pytest.fixture(scope="session")
def images() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    return x, np.arange(40) % 3


@pytest.fixture(scope="session")
def vae(trained: Trainer, images: Any) -> Run:
    return trained("vae", "vae", images, latent_dim=3)


@pytest.fixture(scope="session")
def gan(trained: Trainer, images: Any) -> Run:
    return trained("<b>&", "gan", images)


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Page]:
    out = tmp_path_factory.mktemp("reports") / "report.html"

    def write(*runs: Run) -> Page:
        write_report(runs, out)
        return Page(out.read_text("utf-8"))

    return write


@pytest.fixture(scope="session")
def of_vae(vae: Run, write: Callable[..., Page]) -> Page:
    return write(vae)


@pytest.fixture(scope="session")
def of_gan(gan: Run, write: Callable[..., Page]) -> Page:
    return write(gan)


@pytest.fixture(scope="session")
def of_both(vae: Run, gan: Run, write: Callable[..., Page]) -> Page:
    return write(vae, gan)


@pytest.fixture(scope="session")
def page_of() -> Callable[[str], Page]:
    """Take a piece of HTML apart."""
    return Page
