from __future__ import annotations

from cec_client.protocol import Endpoint, Exchange
from cec_conformance.run import Run, Seen
from cec_conformance.server.departures import Departure, Occasion
from cec_conformance.server.reading import came, good, in_call, let_in, meaning, meant, user, with_departure
from cec_conformance.server.visitor import MEANT, USER
from cec_conformance.words import Words

from tests.conformance.server.asked_traces import Asked

CHECK, CREATE, DROP = Endpoint.CHECK, Endpoint.CREATE, Endpoint.DROP


def seen(**more: object) -> Seen:
    return Seen(Exchange(serial=1, method="GET", target=CHECK.path, script=more), CHECK)  # type: ignore[arg-type]


def test_a_request_says_whose_it_is_and_what_is_meant() -> None:
    wrong = seen(**{USER: "bob", MEANT: Departure.NO_CHANNEL.value})

    assert (user(wrong), meant(wrong), meaning(wrong)) == ("bob", "no channel", Words("no channel", "没有 channel"))
    assert (user(seen()), meant(seen())) == ("", "")


def test_a_meaning_that_nobody_knows_is_shown_as_it_stands() -> None:
    assert meaning(seen(**{MEANT: "upside down"})) == Words("upside down", "upside down")


def test_good_requests_are_those_with_which_nothing_was_meant() -> None:
    run = Run(Asked().ask(CHECK).ask(CHECK, Departure.NO_CHANNEL).ask(CREATE).ask(CHECK, Occasion.OLD).trace())

    assert [one.serial for one in good(run)] == [1, 3]
    assert [one.serial for one in good(run, CREATE)] == [3]
    assert [one.serial for one in with_departure(run, Departure.NO_CHANNEL, Occasion.OLD)] == [2, 4]


def test_an_answer_that_was_cut_is_no_answer() -> None:
    cut = Exchange(serial=1, method="GET", target=CHECK.path, status=200, connection_gone=1.0)

    assert came(Seen(cut, CHECK)).en == "no answer came"


def test_what_was_let_in_is_named() -> None:
    run = Run(Asked().ask(CHECK, Departure.NO_CHANNEL).trace())

    assert let_in(run.calls[0]) == Words("no channel, and it succeeded", "没有 channel，却成功了")


def test_a_call_lives_from_create_to_its_end_or_the_drop() -> None:
    run = Run(Asked().create().poll(168102).ask(DROP, user="bob").ask(DROP).create().poll(168110).ask(CHECK).trace())

    assert [in_call(run, "alice", one) for one in run.calls] == [
        False, False, True, True, True, False, False, True, False,
    ]  # fmt: skip
    assert not any(in_call(run, "bob", one) for one in run.calls)


def test_a_drop_that_was_refused_ends_nothing() -> None:
    run = Run(Asked().create().ask(DROP, answer={"resultCode": "13"}).ask(CHECK).trace())

    assert in_call(run, "alice", run.calls[-1])
