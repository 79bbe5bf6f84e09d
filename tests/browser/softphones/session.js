/** A call by JsSIP, whichever its version: what the page's buttons do to a session, and what the session tells the page. */
export class Session {
  #end;

  constructor({ onState, onEnd }) {
    window.phone = this; // a test presses what has no button
    this.onState = onState;
    let ended = false;
    this.#end = (words) => {
      if (ended) return;
      ended = true;
      onEnd(words);
      this.agent.stop();
    };
  }

  /** Dials; `options` are JsSIP's. Gives the session. */
  dial(target, options) {
    const session = this.agent.call(target, { pcConfig: { iceServers: [] }, ...options });
    session.connection.addEventListener('connectionstatechange', () =>
      this.onState(`media ${session.connection.connectionState}`),
    );
    session.on('progress', () => this.onState('ringing'));
    session.on('accepted', () => this.onState('answered'));
    session.on('hold', ({ originator }) => this.onState(`on hold (${originator})`));
    session.on('unhold', ({ originator }) => this.onState(`resumed (${originator})`));
    session.on('newDTMF', ({ originator, dtmf }) => this.onState(`key ${dtmf.tone} (${originator})`));
    return session;
  }

  /** Follows a session to its end, which is that of the call. */
  follow(session) {
    this.session = session;
    session.on('ended', ({ originator, cause }) => this.#end(`ended by ${originator}: ${cause}`));
    session.on('failed', ({ originator, cause, message }) =>
      this.#end(`failed (${originator}): ${[cause, message?.status_code].filter(Boolean).join(' ')}`),
    );
  }

  hangUp() {
    if (this.session && !this.session.isEnded()) this.session.terminate();
    else this.agent.stop();
  }

  hold() {
    this.session.hold();
  }

  resume() {
    this.session.unhold();
  }

  /** Presses a key; `transportType` is `INFO` or `RFC2833`. */
  press(key, transportType) {
    this.session.sendDTMF(key, { transportType });
  }
}
