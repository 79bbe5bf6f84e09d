/** A call by SIP.js, by its SimpleUser: it asks for microphone and camera itself, and plays what comes back itself. */
import { Web } from 'sip.js';

export class SipJsCall {
  #user;
  #gone = false;

  constructor({ domain, gwAddresses, accessCode, clickToCallCaller }, stream, { onState, onEnd }) {
    window.phone = this; // a test presses what has no button
    this.#user = new Web.SimpleUser(gwAddresses[0], {
      aor: `sip:${clickToCallCaller}@${domain}`,
      media: {
        constraints: { audio: true, video: stream.getVideoTracks().length > 0 },
        remote: { video: document.getElementById('remote') },
      },
      userAgentOptions: {
        logLevel: 'warn',
        sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
      },
      delegate: {
        onCallCreated: () => onState(`dialling ${accessCode}`),
        onCallAnswered: () => onState('answered'),
        onCallHold: (held) => onState(held ? 'on hold (local)' : 'resumed (local)'),
        onCallDTMFReceived: (tone) => onState(`key ${tone} (remote)`),
        onCallHangup: () => {
          this.#gone = true;
          onEnd('ended');
          this.#user.disconnect();
        },
      },
    });
    const requestDelegate = { onReject: ({ message }) => onState(`refused: ${message.statusCode}`) };
    this.#user
      .connect()
      .then(() => this.#user.call(`sip:${accessCode}@${domain}`, undefined, { requestDelegate }))
      .catch((error) => onEnd(error.message));
  }

  hangUp() {
    if (!this.#gone) this.#user.hangup();
  }

  hold() {
    this.#user.hold();
  }

  resume() {
    this.#user.unhold();
  }

  /** Presses a key; `transportType` is `INFO` or `RFC2833`, for which SimpleUser has no word. */
  press(key, transportType = 'INFO') {
    if (transportType === 'INFO') this.#user.sendDTMF(key);
    else this.#user.session.sessionDescriptionHandler.sendDtmf(key, { duration: 100, interToneGap: 100 });
  }
}
