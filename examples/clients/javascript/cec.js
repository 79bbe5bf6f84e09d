/**
 * Click to call on CEC 3.6 with axios, for web pages and for Node: the API (`Cec`) and one whole call (`placeCall`).
 *
 * Section numbers (§) are those of the VOIP access guide of CEC 3.6.0.0.
 */
import axios from 'axios';

const TOKEN = '/apigovernance/api/oauth/tokenByAkSk';
const CCMESSAGING = '/apiaccess/ccmessaging';

/** The events of a call (§5 step 4). Keys of objects are strings, so an id is found as a number or as a string. */
const EVENTS = {
  168101: 'connected',
  168102: 'queued',
  168103: 'queue_timeout',
  168105: 'call_failed',
  168106: 'transferred',
  168110: 'released',
};
const ENDS = ['released', 'queue_timeout', 'call_failed'];

const RETRIES = 3; // a failed poll is repeated three times, then polling stops (§5 step 4)
const LOGINS = 3; // how often one request may answer 403, log in and be sent again; once is the rule (§6.1)
const PAUSE = 1000; // milliseconds before a retry, and between polls that come back at once with nothing new

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** CEC answered, but not with success: the status is not 200, or the resultCode is not "0". */
export class Refused extends Error {
  constructor({ config, status, data }) {
    super(`${config.url}: HTTP ${status} ${JSON.stringify(data)}`);
    this.status = status;
    this.data = data;
  }
}

/** The API, for one end user. It logs in by itself: before the first request, and when a token has expired. */
export class Cec {
  #user;
  #http;
  #headers; // a promise of the common headers (§4.1), shared by all requests: none is sent during a login

  constructor({ baseURL, tokenBaseURL = baseURL, ...user }) {
    this.#user = { tokenURL: tokenBaseURL + TOKEN, ...user }; // appKey, appSecret, channelId, userId, userName, locale
    // A poll is held for long, so the guide gives it 60 s (§5 step 4); that is enough for all other requests, too.
    this.#http = axios.create({ baseURL: baseURL + CCMESSAGING, timeout: 60_000, validateStatus: null });
  }

  /** Enters the text session, so that the agent sees the user (§5 step 1). */
  send(signal) {
    const data = {
      channel: 'WEB',
      content: 'start',
      controlType: 'CONNECT',
      from: this.#user.userId,
      mediaType: 'TEXT',
      sourceType: 'CUSTOMER',
      to: this.#user.channelId,
    };
    return this.#request({ method: 'post', url: '/send', data, signal });
  }

  /** Asks whether the tenant can do WebRTC and the channel can do click to call (§5 step 2). */
  checkClickToCallSupport() {
    return this.#request({ method: 'get', url: '/v1/checkClickToCallSupport', params: { channel: 'WEB' } });
  }

  /** Creates the call; `mediaAbility` is '0' for audio, '1' for video (§5 step 3). */
  createClickToCall(mediaAbility) {
    return this.#request({ method: 'post', url: '/v1/createClickToCall', data: { channel: 'WEB', mediaAbility } });
  }

  /** Waits for the next event of the call; comes back without one when there was none for a while (§5 step 4). */
  getClickToCallEvents(signal) {
    return this.#request({ method: 'get', url: '/v1/getClickToCallEvents', params: { channel: 'WEB' }, signal });
  }

  /** Hangs up (§5 step 5). */
  dropClickToCall(signal) {
    return this.#request({ method: 'post', url: '/v1/dropClickToCall', data: { channel: 'WEB' }, signal });
  }

  /** Sends a request with the common headers. On 403 both tokens are fetched anew and it is sent again (§6.1). */
  async #request(config, logins = LOGINS) {
    const headers = (this.#headers ??= this.#login());
    const response = await this.#http.request({ ...config, headers: await headers });
    if (response.status === 403 && logins > 0) {
      if (this.#headers === headers) this.#headers = undefined; // else another request has already seen to it
      return this.#request(config, logins - 1);
    }
    return successful(response);
  }

  /**
   * Fetches both tokens, one after the other (§2.1, §2.2), and makes the common headers of them (§4.1).
   *
   * A real web page leaves the first half to its own server: whoever can read the page can read the appSecret.
   */
  async #login() {
    const { tokenURL, appKey, appSecret, ...user } = this.#user;
    try {
      const credentials = { app_key: appKey, app_secret: appSecret };
      const access = await this.#http.post(tokenURL, credentials, { headers: { 'X-Token-Expire': '600' } });
      if (access.status !== 200 || !access.data?.AccessToken) throw new Refused(access);
      const headers = { 'x-app-key': appKey, Authorization: `Bearer ${access.data.AccessToken}` };
      const applied = await this.#http.post('/applyToken', user, { headers });
      if (!successful(applied).token) throw new Refused(applied);
      return { ...headers, 'ccmessaging-token': applied.data.token, 'Content-Type': 'application/json' };
    } catch (error) {
      this.#headers = undefined; // the next request tries again; the old tokens are of no use any more
      throw error;
    }
  }
}

function successful(response) {
  if (response.status !== 200 || String(response.data?.resultCode) !== '0') throw new Refused(response);
  return response.data;
}

/**
 * Places one call and follows it to its end (§4.2).
 *
 * `flow` is one of the three sequences: `call`, `text_then_call` or `call_then_text`. `hangUp` is an AbortSignal that
 * is aborted when the user hangs up. `onEvent(name, content)` hears of every event; the content of `connected` is what
 * the WebRTC call needs. Resolves to how the call ended: `released`, `queue_timeout`, `call_failed`, `unsupported`,
 * `rejected`, `hung_up` or `gave_up`; rejects when anything else ended it.
 */
export async function placeCall(cec, { flow = 'call', mediaAbility = '0', hangUp, onEvent = () => {} } = {}) {
  if (flow === 'text_then_call') await cec.send();
  const { webRTCSupported, clickToCallSupported } = await cec.checkClickToCallSupport();
  if (webRTCSupported !== true || clickToCallSupported !== true) return 'unsupported';
  if (hangUp?.aborted) return 'hung_up'; // there is nothing to drop yet
  try {
    await cec.createClickToCall(mediaAbility);
  } catch (error) {
    if (error instanceof Refused) return 'rejected';
    throw error;
  }
  onEvent('created');

  const over = new AbortController(); // whatever is still under way when the call is over is called off
  let textIsDue = flow === 'call_then_text';
  const heard = (event, content) => {
    if (event === 'connected' && textIsDue) {
      textIsDue = false;
      cec.send(over.signal).catch((error) => onEvent('text_failed', error)); // the call goes on without the text
    }
    onEvent(event, content);
  };
  try {
    return await Promise.race([poll(cec, over.signal, heard), dropOn(hangUp, cec, over.signal)]);
  } finally {
    over.abort();
  }
}

/** Polls until an event ends the call; the next poll starts when the one before has been answered (§5 step 4). */
async function poll(cec, signal, onEvent) {
  for (;;) {
    const started = Date.now();
    let answer;
    try {
      answer = await retried(() => cec.getClickToCallEvents(signal), signal);
    } catch (error) {
      if (error.status === 403) throw error;
      return 'gave_up';
    }
    const event = EVENTS[answer.eventId];
    if (event) onEvent(event, answer.content);
    if (ENDS.includes(event)) return event;
    if (!event) await pause(started + PAUSE - Date.now()); // no event, or one that the guide does not name
  }
}

/** Waits for the user to hang up, then drops the call at once, beside the poll that is under way (§5 step 5). */
async function dropOn(hangUp, cec, signal) {
  if (!hangUp?.aborted) await new Promise((resolve) => hangUp?.addEventListener('abort', resolve, { once: true }));
  await retried(() => cec.dropClickToCall(signal), signal);
  return 'hung_up';
}

/** Makes a request; if it fails, up to three times more. No repetition helps against a 403 that survived a login. */
async function retried(request, signal) {
  for (let failures = 1; ; failures++) {
    try {
      return await request();
    } catch (error) {
      if (signal.aborted || error.status === 403 || failures > RETRIES) throw error;
      await pause(PAUSE);
    }
  }
}
