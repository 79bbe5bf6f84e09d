"""Rules on the contract between the judge and the client that it starts."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

CONTRACT: Final = Family("The launch contract", "启动约定")
