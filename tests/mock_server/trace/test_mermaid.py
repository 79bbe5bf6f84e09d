"""Mermaid: valid whatever stands in the trace. The escapes were tried in Mermaid 11 in a browser."""

from __future__ import annotations

import re

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.trace.mermaid import escape, mermaid

from tests.mock_server.trace.test_diagram import TRACE

LINE = re.compile(
    r"    (participant (client as |CEC$)|(    )?(client->>\+CEC|CEC-->>-client|CEC--x-client|client-xCEC|"
    r"Note right of CEC|Note over client,CEC): ?|(    )?deactivate CEC$|rect rgb\(|end$)"
)


def test_a_trace_is_written() -> None:
    assert mermaid(TRACE, "alice: the first") == (
        "sequenceDiagram\n"
        "    participant client as alice#58; the first\n"
        "    participant CEC\n"
        "    client->>+CEC: 0.000: getClickToCallEvents\n"
        "    Note right of CEC: held 1.500 s\n"
        "    rect rgb(255, 243, 205)\n"
        "        client-xCEC: 1.500: connection closed\n"
        "        deactivate CEC\n"
        "    end\n"
        "    client->>+CEC: 2.000: no. 2, getClickToCallEvents\n"
        "    client->>+CEC: 3.000: no. 3, getClickToCallEvents\n"
        "    client->>+CEC: 3.250: getClickToCallEvents\n"
        "    rect rgb(255, 226, 226)\n"
        "        CEC-->>-client: 3.250: 403 Forbidden\n"
        f"        Note right of CEC: {'您好' * 20}\n"
        "    end\n"
        "    Note right of CEC: held 1.500 s\n"
        "    rect rgb(255, 243, 205)\n"
        "        CEC--x-client: 3.500: no. 2, 200, cut short\n"
        "    end\n"
        "    client->>+CEC: 4.000: no. 5, getClickToCallEvents\n"
        "    client->>+CEC: 4.500: no. 6, getClickToCallEvents\n"
        "    rect rgb(255, 243, 205)\n"
        "        Note over client,CEC: no. 3, no answer in the trace\n"
        "    end\n"
        "    rect rgb(255, 243, 205)\n"
        "        Note over client,CEC: no. 5, no answer in the trace\n"
        "    end\n"
        "    rect rgb(255, 243, 205)\n"
        "        Note over client,CEC: no. 6, no answer in the trace\n"
        "    end\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b#c", "a#59;b#35;c"),
        ('say "x"\nnow', "say #34;x#34; now"),
        ("end of the End, bend", "#101;nd of the #69;nd, bend"),
        ("<br/>%%", "#60;br/#62;#37;#37;"),
        ("您好；", "您好；"),
    ],
)
def test_what_could_be_more_than_text_is_escaped(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_an_event_that_waits_has_its_time() -> None:
    late = Exchange(
        serial=1,
        method="GET",
        target=Endpoint.EVENTS.path,
        request_complete=5.0,
        status=200,
        answer_begun=5.0,
        script={"step": "events[0]", "due": 1.0},
    )
    assert "    Note right of CEC: 1.000: events#91;0#93; is due\n" in mermaid(Trace(exchanges=(late,)), None)


@given(st.text(), st.text())
def test_every_line_is_one_of_the_grammar(target: str, fact: str) -> None:
    exchange = Exchange(serial=1, method="GET", target=target, request_complete=0.0, script={fact: fact})
    first, *lines = mermaid(Trace(exchanges=(exchange,)), target).removesuffix("\n").split("\n")
    assert first == "sequenceDiagram"
    for line in lines:
        assert LINE.match(line), line
        assert not re.search(r"#(?![0-9]+;)", line)
        assert not re.search(r"(?<!#)(?<![0-9]);", line)
