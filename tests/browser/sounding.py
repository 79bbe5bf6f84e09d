"""What a page says and hears: a tone and a colour that a test can change, in place of microphone and camera.

Packets that come back prove no echo; what was changed in mid-call and comes back changed does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWN_MEDIA: Final = """
(() => {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const microphone = audio.createMediaStreamDestination();
  tone.connect(microphone);
  tone.start();

  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
  const drawing = canvas.getContext('2d');
  let colour = 'black';
  let frame = 0;
  setInterval(() => {
    drawing.fillStyle = colour;
    drawing.fillRect(0, 0, 320, 240);
    drawing.fillStyle = 'gray';
    drawing.fillRect(0, 0, 4, ++frame % 20); // so that no picture is like the one before
  }, 50);

  navigator.mediaDevices.getUserMedia = async ({ video }) => new MediaStream([
    ...microphone.stream.clone().getAudioTracks(),
    ...(video ? canvas.captureStream(20).getVideoTracks() : []),
  ]);

  let listening;
  let all = [];
  const remote = () => document.getElementById('remote');
  window.test = {
    speak: (hertz) => (tone.frequency.value = hertz),
    paint: (name) => (colour = name),
    listen() {
      all = [];
      setInterval(() => all.push(window.test.heard()), 20);
    },
    ever: () => all,
    heard() {
      if (!remote().srcObject) return 0;
      if (listening?.stream !== remote().srcObject) {
        const analyser = audio.createAnalyser();
        analyser.fftSize = 4096;
        audio.createMediaStreamSource(remote().srcObject).connect(analyser);
        listening = { stream: remote().srcObject, analyser };
      }
      const levels = new Uint8Array(listening.analyser.frequencyBinCount);
      listening.analyser.getByteFrequencyData(levels);
      const loudest = levels.indexOf(Math.max(...levels));
      return levels[loudest] < 100 ? 0 : loudest * audio.sampleRate / 4096;
    },
    seen() {
      const eye = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d');
      eye.drawImage(remote(), 100, 100, 1, 1, 0, 0, 1, 1);
      return [...eye.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => (part > 100 ? 1 : 0)).join('');
    },
  };
})();
"""
"""What the page finds in place of devices; `window.test` changes it, and tells what comes back."""

COLOURS: Final = {"red": "100", "lime": "010", "blue": "001"}
"""Names of colours, each as `seen` tells it: which of red, green and blue are bright."""

NEAR: Final = 40.0
"""How far, in hertz, what is heard may be from what was said."""


def hears_itself(page: Page, hertz: int) -> None:
    """Say a tone, and wait until it comes back."""
    page.evaluate("hertz => test.speak(hertz)", hertz)
    page.wait_for_function("([hertz, near]) => Math.abs(test.heard() - hertz) < near", arg=[hertz, NEAR])


def hears_nothing(page: Page) -> None:
    """Wait until nothing comes back."""
    page.wait_for_function("() => test.heard() === 0")


def listens(page: Page) -> None:
    """Remember from now on what is heard, for what is over soon, or is never to be heard."""
    page.evaluate("() => test.listen()")


def has_heard(page: Page, hertz: int) -> None:
    """Wait until a tone comes, or has come since `listens`."""
    page.wait_for_function(
        "([hertz, near]) => test.ever().some((heard) => Math.abs(heard - hertz) < near)", arg=[hertz, NEAR]
    )


def has_heard_nothing_but(page: Page, *hertz: int) -> None:
    """Make sure that since `listens` there was no other sound than tones of these."""
    others = page.evaluate(
        """([hertz, near]) => test.ever().filter(
          (heard) => heard && !hertz.some((one) => Math.abs(heard - one) < near),
        )""",
        [list(hertz), NEAR],
    )
    assert others == []


def sees_itself(page: Page, colour: str) -> None:
    """Show a colour, and wait until it comes back."""
    page.evaluate("colour => test.paint(colour)", colour)
    page.wait_for_function("wanted => test.seen() === wanted", arg=COLOURS[colour])
