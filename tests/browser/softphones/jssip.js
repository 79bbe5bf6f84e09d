/** A call by JsSIP as it comes: it registers, and its session timers are on. */
import JsSIP from 'jssip';
import { Session } from './session.js';

export class JsSipCall extends Session {
  #target;

  constructor({ domain, gwAddresses, accessCode, clickToCallCaller }, stream, listener) {
    super(listener);
    this.#target = `sip:${accessCode}@${domain}`;
    this.agent = new JsSIP.UA({
      sockets: gwAddresses.map((address) => new JsSIP.WebSocketInterface(address)),
      uri: `sip:${clickToCallCaller}@${domain}`,
    });
    this.agent.once('registered', () => {
      const session = this.dial(this.#target, { mediaStream: stream });
      session.connection.addEventListener('track', ({ streams: [remote] }) => listener.onStream(remote));
      this.follow(session);
    });
    this.agent.start();
  }

  /** Adds a picture to the call, by a re-INVITE or by UPDATE. */
  async addVideo(useUpdate) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    this.session.connection.addTrack(stream.getVideoTracks()[0], stream);
    return new Promise((resolve) => this.session.renegotiate({ useUpdate }, resolve));
  }

  /** Takes the picture out of the call. */
  dropVideo() {
    this.session.connection.getTransceivers().at(-1).stop();
    return new Promise((resolve) => this.session.renegotiate({}, resolve));
  }

  /** Dials the same number once more, beside the call that is up; gives the status with which that ends. */
  dialAgain() {
    return new Promise((resolve) =>
      this.dial(this.#target, { mediaConstraints: { audio: true } }).on('failed', ({ message }) =>
        resolve(message?.status_code),
      ),
    );
  }
}
