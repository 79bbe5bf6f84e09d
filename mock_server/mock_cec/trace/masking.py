"""Consistent masking: equal secrets get equal labels, so that a rule gives the same verdict on a masked trace.

Three walks over the trace, which touch the same texts in the same order:

1. *decide*: the places where a secret is issued or given (the answer of `tokenByAkSk`, say) settle of which kind it is,
   so that an AccessToken in the wrong header keeps its own label;
2. *note*: every place whose name speaks of a secret gives its value a label, numbered in order of first appearance;
3. *replace*: whole values become their labels where they stand, and what was long enough is sought everywhere else.

What surrounds a secret stays byte for byte: the scheme, the number of spaces, an empty value, a number that should be a
text. A percent-decoded secret is another value on the wire; its label says `decoded`. Labels are left alone, so masking
twice changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from cec_client.protocol import Endpoint, Exchange, Signal, Trace

from mock_cec.trace import places, sip_places
from mock_cec.trace.labels import Book
from mock_cec.trace.names import Holding, Kind, fact_holding, holding, member_holding
from mock_cec.trace.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from cec_client.protocol.trace import Headers

    from mock_cec.trace.labels import Finder

    class Hand(Protocol):
        """What a walk does with a text: it gets the text and the places in it, and gives the text to be kept."""

        def __call__(self, text: str, found: Iterable[Place] = (), *, url: bool = False) -> str:
            """Treat a text."""


def mask(trace: Trace, *, personal: bool = False) -> Trace:
    """Put labels such as `<access-token 2>` in place of secrets.

    Args:
        trace: The trace; it is not changed.
        personal: Mask personal data too: the user's id and name, callers, phone numbers, what was written, addresses
            of connections.
    """
    book = Book()
    walk = _Walk(personal=personal)
    walk.over(trace, _decider(book))
    if personal:
        book.publish(trace.facts.get("channel_id", ""))
        for exchange in trace.exchanges:
            for channel in _channels(exchange):
                book.publish(channel)
    walk.over(trace, _noter(book))
    return walk.over(trace, _replacer(book, book.close()))


def _decider(book: Book) -> Hand:
    def decide(text: str, found: Iterable[Place] = (), *, url: bool = False) -> str:  # noqa: ARG001
        book.reserve(text)
        for place in found:
            if place.holding.sure and place.spelling is not places.Spelling.NUMBER:
                book.decide(place.spelling.read(text[place.start : place.end]), place.holding.kind)
        return text

    return decide


def _noter(book: Book) -> Hand:
    def note(text: str, found: Iterable[Place] = (), *, url: bool = False) -> str:  # noqa: ARG001
        for place in found:
            book.note(place.spelling.read(text[place.start : place.end]), place.holding.kind, place.spelling)
        return text

    return note


def _replacer(book: Book, finder: Finder) -> Hand:
    def put(text: str, found: Iterable[Place] = (), *, url: bool = False) -> str:
        parts: list[str] = []
        last = 0
        for place in found:
            label = book.label(place.spelling.read(text[place.start : place.end]), place.spelling)
            if label is not None:
                parts += (text[last : place.start], place.spelling.write(label))
                last = place.end
        return finder.replace("".join((*parts, text[last:])), url=url)

    return put


class _Walk:
    """Goes over every text of a trace."""

    def __init__(self, *, personal: bool) -> None:
        self._personal = personal

    def over(self, trace: Trace, hand: Hand) -> Trace:
        """Give the trace with each text as the hand left it."""
        return replace(
            trace,
            facts={name: hand(text, self._fact(name, text)) for name, text in trace.facts.items()},
            exchanges=tuple(self._exchange(exchange, hand) for exchange in trace.exchanges),
            signals=tuple(self._signal(signal, hand) for signal in trace.signals),
        )

    def _signal(self, signal: Signal, hand: Hand) -> Signal:
        """A signal is masked like an exchange: what its headers' names speak of, and what is known from elsewhere."""
        found = list(sip_places.secrets(signal.text, lambda name, value: self._header(name, value, answer=False)))
        if self._personal:
            people = sip_places.persons(signal.text)
            found += (place for place in people if signal.text[place.start : place.end] != signal.call)
        return replace(
            signal,
            text=hand(signal.text, _apart(found)),
            user=self._whole(signal.user, Kind.USER, hand),
            connection=self._whole(signal.connection, Kind.CONNECTION, hand),
            call=None if signal.call is None else hand(signal.call),
        )

    def _whole(self, value: str | None, kind: Kind, hand: Hand) -> str | None:
        """A personal value that stands by itself."""
        if value is None or not self._personal:
            return value
        return hand(value, [Place(0, len(value), Holding(kind))])

    def _fact(self, name: str, text: str) -> Iterable[Place]:
        """A fact is the bare value of what the launch gave, so that it stays equal to what requests hold."""
        found = fact_holding(name, personal=self._personal)
        return self._value(name, text, None) if found is None else [Place(0, len(text), found)]

    def _exchange(self, exchange: Exchange, hand: Hand) -> Exchange:
        return replace(
            exchange,
            connection=self._whole(exchange.connection, Kind.CONNECTION, hand),
            target=self._target(exchange, hand),
            request_headers=self._headers(exchange.request_headers, hand, answer=False),
            request_body=self._body(exchange, hand, answer=False),
            response_headers=self._headers(exchange.response_headers, hand, answer=True),
            response_body=self._body(exchange, hand, answer=True),
            script={
                name: hand(value, self._phones(value)) if isinstance(value, str) else value
                for name, value in exchange.script.items()
            },
        )

    def _target(self, exchange: Exchange, hand: Hand) -> str:
        """A known path is no secret; of an unknown one nobody can say."""
        known, mark, query = exchange.target.partition("?") if exchange.endpoint else ("", "", exchange.target)
        found = places.parameters(query, self._naming(exchange.endpoint, answer=False))
        return known + mark + hand(query, found, url=True)

    def _headers(self, headers: Headers, hand: Hand, *, answer: bool) -> Headers:
        return tuple((name, hand(value, self._header(name.lower(), value, answer=answer))) for name, value in headers)

    def _header(self, name: str, value: str, *, answer: bool) -> Iterable[Place]:
        if name in {"cookie", "set-cookie"}:
            return places.cookies(value, answer=name == "set-cookie")
        if name == "ccmessaging-token":
            return places.words(value, Holding(Kind.CCMESSAGING, sure=answer))
        return self._value(name, value, None)

    def _value(self, name: str, value: str, endpoint: Endpoint | None) -> Iterable[Place]:
        found = holding(name)
        if found is not None and found.kind in {Kind.ACCESS, Kind.CCMESSAGING}:
            return places.words(value, found)
        if found is not None:
            return places.rest(value, found)
        if "=" in value:
            return places.parameters(value, self._naming(endpoint, answer=False))
        return self._phones(value)

    def _body(self, exchange: Exchange, hand: Hand, *, answer: bool) -> bytes:
        """Bodies are treated as UTF-8; bytes that are not go through unchanged."""
        text = (exchange.response_body if answer else exchange.request_body).decode("utf-8", "surrogateescape")
        naming = self._naming(exchange.endpoint, answer=answer)
        find = places.members if places.looks_like_json(text) else places.parameters
        found = list(find(text, naming))
        free = (
            phone for phone in self._phones(text) if all(phone.start >= p.end or phone.end <= p.start for p in found)
        )
        return hand(text, sorted((*found, *free), key=lambda place: place.start)).encode("utf-8", "surrogateescape")

    def _naming(self, endpoint: Endpoint | None, *, answer: bool) -> Callable[[str], Holding | None]:
        return lambda name: member_holding(name, endpoint, answer=answer, personal=self._personal)

    def _phones(self, text: str) -> Iterable[Place]:
        return places.phones(text) if self._personal else ()


def _apart(places: Iterable[Place]) -> Iterable[Place]:
    """Give places in order, those that begin within another left out."""
    end = 0
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        if place.start >= end:
            end = place.end
            yield place


class _Channel(msgspec.Struct):
    channelId: str = ""  # noqa: N815  (as on the wire)


def _channels(exchange: Exchange) -> Iterable[str]:
    """Name the channel of a login: `send` names it as receiver, and it is nobody's name."""
    if exchange.endpoint is Endpoint.APPLY_TOKEN:
        try:
            yield msgspec.json.decode(exchange.request_body, type=_Channel).channelId
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
