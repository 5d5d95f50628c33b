"""The options of ``train``, from a file, from settings as text, and as given, the later over the
earlier."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kullback.errors import BadInput
from kullback.names import nearest
from kullback.runs.recipe import parse_value

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Options:
    """What was asked for; ``None`` was not."""

    model: str | None = None
    data: object = None
    source: object = None
    paired: bool | None = None
    steps: int | None = None
    epochs: float | None = None
    minutes: float | None = None
    batch_size: int | None = None
    seed: int | None = None
    threads: int | None = None
    device: str | None = None
    precision: str | None = None
    compile: bool | None = None
    strict: bool | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    networks: Mapping[str, nn.Module] = field(default_factory=dict)


_PLAIN = {field.name: field.type for field in fields(Options)}.keys() - {"settings", "networks"}
_WHOLE = ("steps", "batch_size", "seed", "threads")
_NUMBERS = ("epochs", "minutes")
_WORDS = ("model", "device", "precision")


def gather(config: Path | None, settings: Sequence[str], given: Mapping[str, Any]) -> Options:
    """Return options from a file, ``key=value`` settings, and options by name.

    A name in ``given`` that is no option is a setting, or a network where its value is a module. A
    file holds options, and settings in a table "set".
    """
    found = {} if config is None else _read(config)
    chosen = dict(found.pop("set", {}))
    for name in found:
        if name not in _PLAIN:
            raise BadInput(f"{config}: there is no option {name!r}{nearest(name, sorted(_PLAIN))}")
    for text in settings:
        key, equals, value = text.partition("=")
        if not (equals and key):
            raise BadInput(f"--set {text}: give a setting as key=value, e.g. --set latent_dim=8")
        chosen[key.strip()] = parse_value(value)
    networks = {}
    for name, value in given.items():
        if name in _PLAIN:
            if value is not None:
                found[name] = value
        elif hasattr(value, "state_dict"):
            networks[name] = value
        else:
            chosen[name] = value
    _check_types(found)
    found |= {name: int(found[name]) for name in _WHOLE if name in found}
    found["compile"] = _switch(found.get("compile"))
    return Options(**found, settings=chosen, networks=networks)


def _check_types(found: Mapping[str, Any]) -> None:
    for names, kind, what in (
        (_WHOLE, Integral, "a whole number"),
        (_NUMBERS, Real, "a number"),
        (_WORDS, str, "a name"),
    ):
        for name in names:
            value = found.get(name)
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise BadInput(f"{name} is {value!r}; give {what}")


def _read(config: Path) -> dict[str, Any]:
    try:
        text = config.read_text("utf-8")
        found = tomllib.loads(text) if config.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise BadInput(f"--config {config} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"--config {config} is not JSON or TOML: {error}") from None
    if not isinstance(found, dict) or not isinstance(found.get("set", {}), dict):
        raise BadInput(f'--config {config}: give a table of options, settings in a table "set"')
    return found


def _switch(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value not in ("on", "off"):
        raise BadInput(f"--compile is {value!r}; give on or off")
    return bool(value == "on")
