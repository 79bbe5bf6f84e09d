"""The judge on a loaded machine: the same correct clients, judged again and again, have to be found correct every time.

A process for each core does nothing but burn processor time meanwhile. `python benchmarks/soak.py`, or `make soak`; for
a try, `--runs 2`. Clients that lack something are left out, and it says so. The exit status is 1 if a verdict
was another than conformant without a warning.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT: Final = Path(__file__).parents[1]
EXAMPLES: Final = PROJECT / "examples" / "clients"
SCRIPTS: Final = Path(sys.executable).parent
CLIENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "javascript": ("node", str(EXAMPLES / "javascript" / "call.js")),
    "python": (sys.executable, str(EXAMPLES / "python" / "click_to_call.py")),
    "java": ("java", str(EXAMPLES / "java" / "ClickToCall.java")),
    "cec-call": (str(SCRIPTS / "cec-call"),),
}
LONGEST: Final = 900
"""Seconds after which a run counts as hung."""


def main() -> None:
    """Judge the clients in turn, and tell every verdict."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="how many [20]")
    parser.add_argument("--client", action="append", choices=CLIENTS, help="this client alone; can be repeated")
    parser.add_argument("--extent", choices=("smoke", "quick", "thorough"), default="quick", help="which cases [quick]")
    parser.add_argument("--idle", action="store_true", help="without load")
    given = parser.parse_args()
    wanted = given.client or list(CLIENTS)
    missing = {name: missed for name in wanted if (missed := lacking(name))}
    for name, missed in missing.items():
        print(f"{name} is left out: {missed}", flush=True)
    here = [name for name in wanted if name not in missing]
    if not here:
        sys.exit("no client is left")
    with burning(0 if given.idle else os.cpu_count() or 1):
        clean = [_told(number, name, given.extent) for number, name in enumerate(islice(cycle(here), given.runs), 1)]
    print(f"{sum(clean)} of {len(clean)} runs clean, {len(clean) - sum(clean)} not", flush=True)
    sys.exit(0 if all(clean) else 1)


def lacking(name: str) -> str:
    """Say what is not installed of what a client needs; an empty text if nothing is missing."""
    program = CLIENTS[name][0]
    if shutil.which(program) is None:
        return f"{program} is not installed"
    if name == "javascript" and not (EXAMPLES / name / "node_modules").exists():
        return "its packages are not installed (npm ci in examples/clients/javascript)"
    return ""


@contextmanager
def burning(cores: int) -> Iterator[None]:
    """Keep so many cores busy."""
    burners = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(cores)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def _told(number: int, name: str, extent: str) -> bool:
    began = time.monotonic()
    clean, said = verdict(CLIENTS[name], extent)
    took = time.monotonic() - began
    print(f"{number:3}  {name:10}  {took:6.1f} s  {'clean' if clean else 'NOT CLEAN'}  {said}", flush=True)
    return clean


def verdict(client: tuple[str, ...], extent: str) -> tuple[bool, str]:
    """Judge a client; say whether it was found conformant without a warning, and what the judge said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        judge = (str(SCRIPTS / "cec-conformance"), "client", f"--{extent}", "--json", str(report), "--", *client)
        try:
            done = subprocess.run(judge, check=False, capture_output=True, text=True, timeout=LONGEST)
        except subprocess.TimeoutExpired:
            return False, f"it did not end within {LONGEST} s"
        if not report.exists():
            return False, (done.stderr or done.stdout).strip()
        conclusion = json.loads(report.read_bytes())["conclusion"]
    return done.returncode == 0 and not conclusion["warnings"], conclusion["sentence"]["en"]


if __name__ == "__main__":
    main()
