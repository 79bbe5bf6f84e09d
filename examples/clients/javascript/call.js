/**
 * Places one call and prints what happens; the last line says how it ended: {"outcome": "released"}.
 *
 * Everything can be set in the environment; unset, it fits an emulator that was started by `mock-cec`. Ctrl-C hangs up.
 */
import { Cec, placeCall } from './cec.js';

const env = (name, otherwise) => process.env[name] || otherwise;

const baseURL = env('CEC_BASE_URL', 'http://127.0.0.1:8360');
const flow = env('CEC_FLOW', 'call');
const hangUpWhen = env('CEC_HANGUP_WHEN', 'connected'); // or created, or queued
const hangUpAfter = env('CEC_HANGUP_AFTER', ''); // seconds after that moment; empty: never

const cec = new Cec({
  baseURL,
  tokenBaseURL: env('CEC_TOKEN_BASE_URL', baseURL),
  appKey: env('CEC_APP_KEY', 'mock-app-key'),
  appSecret: env('CEC_APP_SECRET', 'mock-app-secret'),
  channelId: env('CEC_CHANNEL_ID', 'mock-channel'),
  userId: env('CEC_USER_ID', 'axios-user'),
  userName: env('CEC_USER_NAME', 'Axios User'),
  locale: env('CEC_LOCALE', 'zh'),
});

const user = new AbortController(); // aborted when the user hangs up
let timer;
process.once('SIGINT', () => user.abort());

function onEvent(name, content) {
  console.log(name, content ?? '');
  if (name === hangUpWhen && hangUpAfter !== '') timer ??= setTimeout(() => user.abort(), Number(hangUpAfter) * 1000);
}

async function outcome() {
  const known = ['call', 'text_then_call', 'call_then_text'].includes(flow);
  if (!known || env('CEC_CONNECT_MEDIA', '0') === '1') return 'skip'; // signalling only: the WebRTC call is not placed
  try {
    return await placeCall(cec, { flow, mediaAbility: env('CEC_MEDIA_ABILITY', '0'), hangUp: user.signal, onEvent });
  } catch (error) {
    console.error(error.message);
    return 'error';
  } finally {
    clearTimeout(timer);
  }
}

console.log(JSON.stringify({ outcome: await outcome() }));
