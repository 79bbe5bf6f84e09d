"""A whole click-to-call, both sides in one terminal, line by line as it happens.

It starts `mock-cec` on a free port, lets `cec-call` place a call with a text session (queued, answered, hung up after
three seconds), and ends by itself. Run it with the Python that has mock-cec installed: `python examples/first_call.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from io import TextIOWrapper
from typing import IO

EMULATOR = [sys.executable, "-m", "mock_cec", "--port", "0", "--scenario", "queue_then_answered"]
CLIENT = [sys.executable, "-m", "cec_client", "--flow", "text_then_call", "--say", "你好，我想咨询一下"]
HANG_UP = ["--hangup-after", "3"]

# Whatever the terminal speaks, the pipes speak UTF-8; and no proxy stands between two programs of one machine.
ENVIRONMENT = os.environ | {"PYTHONIOENCODING": "utf-8", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

printing = threading.Lock()


def show(side: str, colour: int, lines: IO[str]) -> None:
    """Print the lines of one side as they come, each behind the name of its side."""
    for line in lines:
        name = f"\033[{colour}m{side:>8} |\033[0m" if sys.stdout.isatty() else f"{side:>8} |"
        with printing:
            print(name, line.rstrip(), flush=True)


def start(command: list[str], errors: int) -> subprocess.Popen[str]:
    """Start a command whose output is ours to show."""
    return subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
    )


def main() -> int:
    """Play the call; the exit status is the client's."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without Chinese shows what it can
    with start(EMULATOR, subprocess.PIPE) as emulator:
        assert emulator.stdout is not None
        assert emulator.stderr is not None
        ready = emulator.stdout.readline()
        if not ready:
            print(f"{emulator.stderr.read()}Is mock-cec installed in this Python? pip install -e .", file=sys.stderr)
            return 1
        log = threading.Thread(target=show, args=("mock-cec", 36, emulator.stderr))
        log.start()
        try:
            with start([*CLIENT, *HANG_UP, ready.split()[-1]], subprocess.STDOUT) as client:
                assert client.stdout is not None
                try:
                    show("cec-call", 32, client.stdout)
                except KeyboardInterrupt:  # the client has had it too, and hangs up
                    show("cec-call", 32, client.stdout)
        finally:
            emulator.terminate()
            log.join()
    return client.returncode


if __name__ == "__main__":
    sys.exit(main())
