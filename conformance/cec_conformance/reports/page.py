"""Building a page out of elements, so that no text can ever become markup (pure)."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, tostring

from mock_cec.trace.columns import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

Child = Element | str | None

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may do: show itself. It loads nothing and runs nothing, whatever got into it."""


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """Make an element.

    Args:
        tag: Its name.
        children: Texts, elements, and `None` for what is left out.
        attributes: Its attributes; `class_` is `class`, and `_` stands for `-`.
    """
    made = Element(tag, {name.rstrip("_").replace("_", "-"): _clean(value) for name, value in attributes.items()})
    last: Element | None = None
    for child in children:
        if isinstance(child, Element):
            made.append(child)
            last = child
        elif child is not None and last is None:
            made.text = (made.text or "") + _clean(child)
        elif child is not None and last is not None:
            last.tail = (last.tail or "") + _clean(child)
    return made


def page(title: str, language: str, body: Iterable[Child]) -> bytes:
    """Make a page that stands alone: the style is in it, and it needs neither network nor scripts."""
    style = Element("style")
    style.text = files("cec_conformance.reports").joinpath("report.css").read_text("utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        style,
    )
    whole = element("html", head, element("body", *body), lang=language)
    return b"<!DOCTYPE html>\n" + tostring(whole, "unicode", method="html").encode() + b"\n"


def _clean(text: str) -> str:
    """Keep the lines of a text, and show its control characters as what they are."""
    return "\n".join(printable(line) for line in text.split("\n"))
