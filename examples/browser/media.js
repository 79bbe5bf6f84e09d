/**
 * The media half of a call: SIP over WebSocket to the WebRTC gateway, by JsSIP.
 *
 * The guide hands over where the gateway is, whom to call there and as whom (§5 step 4), and stops. That this is SIP over
 * WebSocket is an assumption, though a good one: the vendor's own demo uses a SDK that is built on JsSIP.
 */
import JsSIP from 'jssip';

/** One call at the gateway. It begins at once; `hangUp` ends it, and so may the gateway. */
export class MediaCall {
  #agent;
  #session;

  /**
   * `content` is that of the event "connected"; `stream` is what the user says and shows. `onState(words)` hears how the
   * call comes along, `onStream(stream)` gets what comes back, `onEnd(words)` hears once that it is over.
   */
  constructor({ domain, gwAddresses, accessCode, clickToCallCaller }, stream, { onState, onStream, onEnd }) {
    this.#agent = new JsSIP.UA({
      sockets: gwAddresses.map((address) => new JsSIP.WebSocketInterface(wholeUrl(address))), // tried in turn
      uri: `sip:${clickToCallCaller}@${domain}`,
      register: false, // the caller is anonymous: nobody could call it
    });
    let ended = false;
    const end = (words) => {
      if (ended) return;
      ended = true;
      onEnd(words);
      this.#agent.stop();
    };
    this.#agent.on('connecting', ({ socket }) => onState(`connecting to ${socket.url}`));
    this.#agent.on('disconnected', ({ error }) => error && !this.#session && onState('the gateway was not reached'));
    this.#agent.once('connected', ({ socket }) => {
      onState(`dialling ${accessCode} at ${socket.url}`);
      this.#session = this.#agent.call(`sip:${accessCode}@${domain}`, {
        mediaStream: stream,
        pcConfig: { iceServers: [] }, // no public STUN server: none is handed out, and offline there is none
      });
      this.#follow(onState, onStream, end);
    });
    this.#agent.start();
  }

  #follow(onState, onStream, end) {
    const session = this.#session;
    session.connection.addEventListener('track', ({ streams: [stream] }) => stream && onStream(stream));
    session.connection.addEventListener('connectionstatechange', () => {
      onState(`media ${session.connection.connectionState}`);
    });
    session.on('progress', () => onState('ringing'));
    session.on('accepted', () => onState('answered'));
    session.on('hold', ({ originator }) => onState(`on hold (${originator})`));
    session.on('unhold', ({ originator }) => onState(`resumed (${originator})`));
    session.on('newDTMF', ({ originator, dtmf }) => onState(`key ${dtmf.tone} (${originator})`));
    session.on('ended', ({ originator, cause }) => end(`ended by ${originator}: ${cause}`));
    session.on('failed', ({ originator, cause, message }) =>
      end(`failed (${originator}): ${[cause, message?.status_code, message?.reason_phrase].filter(Boolean).join(' ')}`),
    );
  }

  /** Says whether the two have been talking. */
  get established() {
    return this.#session?.isEstablished() ?? false;
  }

  hangUp() {
    if (this.#session && !this.#session.isEnded()) this.#session.terminate();
    else this.#agent.stop();
  }

  hold() {
    this.#session?.hold();
  }

  resume() {
    this.#session?.unhold();
  }

  /** Presses a key: 0 to 9, *, #, A to D. */
  press(key) {
    this.#session?.sendDTMF(key, { transportType: 'INFO' });
  }
}

/** The guide speaks of "address and port" (§5 step 4); a bare one is taken for a secure WebSocket's. */
function wholeUrl(address) {
  return /^wss?:\/\//.test(address) ? address : `wss://${address}`;
}
