from __future__ import annotations

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.server.departures import (
    BAD_MEDIA,
    BAD_NAMES,
    LACKING_SENDS,
    OTHER_METHODS,
    Departure,
    Occasion,
    in_capitals,
)
from cec_conformance.server.letters import Letter, Tokens, letter

from tests.conformance.server.asked_traces import CREDENTIALS

LETTERS = {endpoint: letter(endpoint, CREDENTIALS, "alice", Tokens("access", "ccmessaging")) for endpoint in Endpoint}


def changed(departure: Departure, endpoint: Endpoint) -> Letter:
    return departure.change(LETTERS[endpoint])


def test_each_has_words_of_its_own_in_both_languages() -> None:
    both = (*Departure, *Occasion)

    assert len({one.words.en for one in both}) == len({one.words.zh for one in both}) == len(both)
    assert all(one.value == one.words.en for one in both)


@pytest.mark.parametrize("departure", Departure)
def test_each_changes_the_good_request_to_some_endpoint(departure: Departure) -> None:
    assert any(changed(departure, endpoint) != LETTERS[endpoint] for endpoint in Endpoint)


@pytest.mark.parametrize("departure", [one for one in Departure if one is not Departure.NOT_JSON])
def test_none_invents_a_body_where_there_was_none(departure: Departure) -> None:
    assert changed(departure, Endpoint.CHECK).body is None


def test_one_more_departure_does_not_mend_the_body_that_is_no_json() -> None:
    broken = changed(Departure.NOT_JSON, Endpoint.APPLY_TOKEN)

    assert Departure.NO_LOCALE.change(broken).body == Departure.EMPTY_LOCALE.change(broken).body == broken.body
    assert Departure.AS_GET.change(broken).query == {}


def test_a_request_without_authorization_gets_no_scheme() -> None:
    assert changed(Departure.OTHER_SCHEME, Endpoint.TOKEN) == LETTERS[Endpoint.TOKEN]


def test_members_are_left_out_or_emptied() -> None:
    assert [sorted(changed(departure, Endpoint.APPLY_TOKEN).body or ()) for departure in BAD_NAMES[:4]] == [
        ["channelId", "locale", "userName"],
        ["channelId", "locale", "userId"],
        ["locale", "userId", "userName"],
        ["channelId", "userId", "userName"],
    ]
    assert all(b':""' in changed(departure, Endpoint.APPLY_TOKEN).content for departure in BAD_NAMES[4:])
    assert all(len(changed(departure, Endpoint.SEND).body or ()) == 6 for departure in LACKING_SENDS)
    assert [changed(departure, Endpoint.CREATE).body for departure in BAD_MEDIA] == [
        {"channel": "WEB"},
        {"channel": "WEB", "mediaAbility": "2"},
    ]


def test_a_get_says_in_its_query_what_the_body_said() -> None:
    as_get = changed(Departure.AS_GET, Endpoint.APPLY_TOKEN)

    assert (as_get.method, as_get.body, as_get.content) == ("GET", None, b"")
    assert as_get.query == LETTERS[Endpoint.APPLY_TOKEN].body
    assert [changed(departure, Endpoint.APPLY_TOKEN).method for departure in OTHER_METHODS] == ["GET", "PUT", "DELETE"]


def test_another_scheme_carries_the_same_token() -> None:
    assert changed(Departure.OTHER_SCHEME, Endpoint.CHECK).headers["authorization"] == "Basic access"


def test_the_channel_is_left_out_of_query_and_body() -> None:
    assert changed(Departure.NO_CHANNEL, Endpoint.CHECK).query == {}
    assert changed(Departure.NO_CHANNEL, Endpoint.DROP).body == {}


def test_an_unknown_path_lies_beside_a_known_one() -> None:
    assert changed(Departure.UNKNOWN_PATH, Endpoint.CHECK).path == "/apiaccess/ccmessaging/v1/noSuchThing"


def test_capitals_change_names_alone() -> None:
    shouted = in_capitals(LETTERS[Endpoint.CHECK])

    assert shouted.headers["CCMESSAGING-TOKEN"] == "ccmessaging"
    assert {name.lower(): value for name, value in shouted.headers.items()} == LETTERS[Endpoint.CHECK].headers


def test_half_an_object_is_sent_as_it_is() -> None:
    assert changed(Departure.NOT_JSON, Endpoint.DROP).content == b'{"channel": '
