"""Writing a trace for whoever asked: as its own JSON or as HAR, with its secrets or without (pure)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_cec.trace.har import write_har
from mock_cec.trace.masking import mask

if TYPE_CHECKING:
    from collections.abc import Collection

    from cec_client.protocol import Trace

    from mock_cec.control.shapes import TraceForm


def written(trace: Trace, form: TraceForm, scheme: str) -> bytes:
    """Write a trace as it was asked for.

    Args:
        trace: The trace.
        form: In which form.
        scheme: The scheme of its URLs: a trace has none, and a HAR has to.
    """
    return write_har(trace, scheme=scheme) if form.format == "har" else trace.to_json()


def masked(trace: Trace, serials: Collection[int], signals: Collection[int], form: TraceForm) -> Trace:
    """Mask a whole trace and keep a part, by serial: only other exchanges may tell that a text here is a secret."""
    whole = mask(trace, personal=form.mask_personal)
    return replace(
        whole,
        exchanges=tuple(one for one in whole.exchanges if one.serial in serials),
        signals=tuple(one for one in whole.signals if one.serial in signals),
    )
