/**
 * Puts a web page under the judge: `cec-conformance client --persistent -- node browser.js`.
 *
 * One browser serves all cases: each line on stdin is a case as JSON, each answer on stdout how its call ended. The page
 * here is made up on the spot around `cec.js`; for your own, go to its address and call what places a call there.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const FILES = {
  '/': ['text/html', '<script type="importmap">{"imports": {"axios": "/axios.js"}}</script>'],
  '/axios.js': ['text/javascript', await readFile(new URL('node_modules/axios/dist/esm/axios.js', import.meta.url))],
  '/cec.js': ['text/javascript', await readFile(new URL('cec.js', import.meta.url))],
};

// Chromium lets a page reach an emulator on this machine only if the page comes from this machine, too.
const server = createServer((request, response) => {
  const [contentType, body] = FILES[request.url] ?? ['text/plain', ''];
  response.setHeader('Content-Type', contentType).end(body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-proxy-server'] });
process.once('SIGTERM', () => browser.close().finally(() => process.exit()));

for await (const line of createInterface({ input: process.stdin })) {
  const context = await browser.newContext(); // a user of its own: no cookies and no connections of the last case
  const page = await context.newPage();
  page.on('console', (message) => console.error(message.text()));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const outcome = await page.evaluate(placeACall, JSON.parse(line)).catch((error) => {
    console.error(error.message);
    return 'error';
  });
  console.log(JSON.stringify({ outcome }));
  await context.close();
}
await browser.close();
server.close();

/** Runs in the page, where there is no Node. */
async function placeACall(wishes) {
  if (wishes.CEC_CONNECT_MEDIA === '1') return 'skip'; // signalling only: the WebRTC call is not placed
  const { Cec, placeCall } = await import('/cec.js');
  const cec = new Cec({
    baseURL: wishes.CEC_BASE_URL,
    tokenBaseURL: wishes.CEC_TOKEN_BASE_URL,
    appKey: wishes.CEC_APP_KEY,
    appSecret: wishes.CEC_APP_SECRET,
    channelId: wishes.CEC_CHANNEL_ID,
    userId: wishes.CEC_USER_ID,
    userName: wishes.CEC_USER_NAME,
    locale: wishes.CEC_LOCALE,
  });
  const user = new AbortController(); // aborted when the user hangs up
  const onEvent = (name) => {
    if (name !== wishes.CEC_HANGUP_WHEN || wishes.CEC_HANGUP_AFTER === '') return;
    setTimeout(() => user.abort(), Number(wishes.CEC_HANGUP_AFTER) * 1000);
  };
  const settings = { flow: wishes.CEC_FLOW, mediaAbility: wishes.CEC_MEDIA_ABILITY, hangUp: user.signal, onEvent };
  try {
    return await placeCall(cec, settings);
  } catch (error) {
    console.error(error.message);
    return 'error';
  }
}
