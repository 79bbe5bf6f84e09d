"""The lines of `docs/control-api.md` work as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Endpoint

from tests.mock_server.control.test_sockets import POLL, login

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Emulator

DOCS = Path(__file__).parents[3] / "docs" / "control-api.md"
FIRST = "U=http://127.0.0.1:8360/__mock\n"


def poller(base_url: str) -> None:
    """Be a client that creates a call and polls until its tenant is gone, logging in anew when it must."""
    while True:
        try:
            with httpx.Client(base_url=base_url, timeout=20) as client:
                login(client, "my-test").post(Endpoint.CREATE.path, json={"channel": "WEB", "mediaAbility": "0"})
                while client.get(POLL).status_code == 200:
                    pass
        except (KeyError, httpx.TransportError):
            return


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_the_lines_work_as_they_stand(emulator: Callable[[str], Emulator], tmp_path: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert blocks[0].startswith(FIRST)
    base_url = emulator("quiet").base_url
    client = threading.Thread(target=poller, args=(base_url,))
    with httpx.Client(base_url=base_url, timeout=20) as http:
        for block in blocks:
            if client.ident is not None:
                while not http.get("/__mock/tenants/my-test/polls").json()["polls"]:
                    pass
            script = FIRST.replace("http://127.0.0.1:8360", base_url) + block.removeprefix(FIRST)
            done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (block, done.stderr)
            assert done.stdout
            if '"my-test"' in block:
                client.start()
        http.delete("/__mock/tenants/my-test")
    client.join()
