"""HTML by small functions: whatever is not ``Html`` already is escaped on its way in."""

from __future__ import annotations

import base64
import io
from html import escape

from PIL import Image

_VOID = ("img", "meta")


class Html(str):
    """Text that is HTML: it is put into a page as it stands."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str) -> Html:
    """Return an element; ``class_`` is class, and other underscores in names are hyphens."""
    names = {name: name.rstrip("_").replace("_", "-") for name in attributes}
    written = "".join(f' {names[k]}="{escape(v)}"' for k, v in attributes.items())
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{together(*children)}</{tag}>")


def together(*children: str) -> Html:
    """Return pieces one after the other."""
    return Html("".join(c if isinstance(c, Html) else escape(c, quote=False) for c in children))


def drawing(svg: str, alt: str) -> Html:
    """Return an SVG as an image that scales with its column."""
    return _image("svg+xml", svg.encode(), alt, class_="drawing")


def picture(image: Image.Image, alt: str) -> Html:
    """Return pixels as an image."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    size = {"width": str(image.width), "height": str(image.height)}
    return _image("png", file.getvalue(), alt, class_="pixels", **size)


def _image(kind: str, content: bytes, alt: str, **attributes: str) -> Html:
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return element("img", src=source, alt=alt, **attributes)
