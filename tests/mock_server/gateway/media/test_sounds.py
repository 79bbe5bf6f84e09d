"""What a scripted gateway plays: packets of 20 ms, made beforehand."""

from __future__ import annotations

import wave
from itertools import islice
from pathlib import Path  # noqa: TC003  (pytest looks at it)

import pytest
from mock_cec.gateway.media.leg import Wish
from mock_cec.gateway.media.sounds import UnusableVoice, check_voice, sound


def recorded(file: Path, frames: int, rate: int = 8000) -> Path:
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(b"\x10\x20" * frames)
    return file


@pytest.mark.parametrize("source", ["tone", "silence"])
def test_a_second_goes_round_and_round(source: str) -> None:
    made = sound(Wish(source=source), "audio/pcmu")  # type: ignore[arg-type]
    assert (len(made.once), len(made.forever)) == (0, 50)
    assert {len(packet) for packet in made.forever} == {160}
    assert [*islice(made.packets(), 100)] == [*made.forever, *made.forever]


@pytest.mark.parametrize(("codec", "quiet"), [("audio/pcmu", 0xFF), ("audio/pcma", 0xD5)])
def test_silence_is_silent(codec: str, quiet: int) -> None:
    assert set(b"".join(sound(Wish(source="silence"), codec).forever)) == {quiet}


@pytest.mark.parametrize(("frames", "packets"), [(800, 5), (801, 6), (40, 1)])
@pytest.mark.parametrize("codec", ["audio/opus", "audio/pcmu", "audio/pcma"])
def test_a_voice_is_played_to_its_end(tmp_path: Path, codec: str, frames: int, packets: int) -> None:
    file = recorded(tmp_path / "voice.wav", frames)
    assert len(sound(Wish(source="voice", voice=file), codec).once) == packets
    assert check_voice(file) == pytest.approx(packets / 50)


def test_a_voice_that_was_recorded_anew_is_read_anew(tmp_path: Path) -> None:
    wish = Wish(source="voice", voice=recorded(tmp_path / "voice.wav", 800))
    before = sound(wish, "audio/pcmu")
    recorded(tmp_path / "voice.wav", 1600)
    assert len(sound(wish, "audio/pcmu").once) > len(before.once)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "cannot be read"),
        (b"ID3\x04 no wave at all", "cannot be read"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "cannot be"),
    ],
)
def test_a_file_that_is_no_voice_is_named_and_it_says_why(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "broken.wav"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UnusableVoice, match=rf"broken\.wav cannot be played: .*{why}"):
        check_voice(file)
    with pytest.raises(UnusableVoice, match=r"broken\.wav"):
        sound(Wish(source="voice", voice=file), "audio/pcmu")


def test_a_voice_has_sound_and_not_too_much_of_it(tmp_path: Path) -> None:
    with pytest.raises(UnusableVoice, match="no sound"):
        check_voice(recorded(tmp_path / "empty.wav", 0))
    with pytest.raises(UnusableVoice, match="longer than 300 seconds"):
        check_voice(recorded(tmp_path / "long.wav", 301 * 800, rate=800))
    with pytest.raises(UnusableVoice, match="none is named"):
        sound(Wish(source="voice"), "audio/pcmu")
