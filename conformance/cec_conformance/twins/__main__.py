"""A twin as a program: `cec-conformance client -- python -m cec_conformance.twins C-DROP-02`, or `original`."""

from __future__ import annotations

import asyncio
import json
import os
import sys

import httpx

from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original


async def main(name: str) -> str:
    """Place one call with a twin, over the real network."""
    client = Original if name == "original" else TWINS[name]
    async with httpx.AsyncHTTPTransport() as transport:
        return await client(os.environ, transport).place()


if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name != "original" and name not in TWINS:
        sys.exit(f"there is no twin {name!r}; give `original`, or the rule that it shall break, such as C-DROP-02")
    sys.stdout.write(json.dumps({"outcome": asyncio.run(main(name))}) + "\n")
