/**
 * A call as the vendor's SDK places it, used as in its click-to-call sample.
 *
 * It is an imitation: the SDK itself was not found on npm. It is built upon JsSIP 3.9.0, which is what is used here,
 * with the SDK's configuration: no REGISTER, `Anonymous`, the addresses as they were handed out, session timers off, and
 * of what comes back it plays the stream of the audio track alone. Its keep-alive is written anew.
 */
import JsSIP from 'jssip-3.9';
import { Session } from './session.js';

/** Every 10 s in the vendor's widget; a test has no time for that. */
const PING_EVERY = 500;

/** A WebSocket that is kept alive (RFC 5626 §3.5.1): once a pong has come, one that stays out closes it. */
class KeptAlive extends JsSIP.WebSocketInterface {
  pongs = 0;
  lost = 0;
  #open = false;
  #timer;

  _onOpen() {
    super._onOpen();
    this.#open = false;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#ping(), PING_EVERY);
  }

  _onClose(event) {
    clearInterval(this.#timer);
    super._onClose(event);
  }

  _onMessage(event) {
    if (event.data !== '\r\n') return super._onMessage(event);
    this.#open = false;
    this.pongs += 1;
  }

  #ping() {
    if (this.#open && this.pongs) {
      this.lost += 1;
      this._ws.close();
      return;
    }
    this.#open = true;
    this.send('\r\n\r\n');
  }
}

export class SdkCall extends Session {
  constructor({ domain, gwAddresses, accessCode, clickToCallCaller }, stream, listener) {
    super(listener);
    this.sockets = gwAddresses.map((address) => new KeptAlive(address));
    this.agent = new JsSIP.UA({
      sockets: this.sockets,
      uri: `sip:${clickToCallCaller}@${domain}`,
      display_name: 'Anonymous',
      register: false,
      session_timers: false,
    });
    this.agent.once('connected', () => {
      const session = this.dial(accessCode, { mediaStream: stream });
      session.connection.addEventListener('track', ({ track, streams }) => {
        if (track.kind === 'audio' && streams.length) listener.onStream(streams[0]);
      });
      this.follow(session);
    });
    this.agent.start();
  }

  /** By RTP unless an application chooses INFO. */
  press(key, transportType = 'RFC2833') {
    super.press(key, transportType);
  }
}
