/** The page: one call from the two tokens to the echo. The API is that of the axios example; the media are JsSIP's. */
import { Cec, placeCall } from '../clients/javascript/cec.js';
import { checkDevices } from './devices.js';
import { MediaCall } from './media.js';

const $ = (id) => document.getElementById(id);
const log = $('log');
let began = 0;

/** Adds a line to the story; `side` says whose it is: `cec`, `media`, or `me`. */
function tell(side, words) {
  const line = document.createElement('li');
  line.className = side;
  line.textContent = words;
  line.dataset.at = `${((performance.now() - began) / 1000).toFixed(2)} s`;
  log.append(line);
  line.scrollIntoView({ block: 'nearest' });
}

function show(state) {
  document.body.dataset.state = state;
  $('state').textContent = state;
}

async function call(mediaAbility) {
  began = performance.now();
  log.replaceChildren();
  const hangUp = new AbortController();
  let stream;
  let media;
  try {
    show('checking');
    const camera = await checkDevices();
    const video = mediaAbility === '1';
    if (video && !camera) throw new Error('No camera was found / 未找到摄像头');
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    $('own').srcObject = video ? stream : null;
    tell('me', `devices are there: microphone${video ? ' and camera' : ''}`);

    const value = (name) => document.forms.settings.elements[name].value;
    const userId = value('userId');
    const cec = new Cec({
      baseURL: value('baseURL').replace(/\/+$/, ''),
      appKey: value('appKey'),
      appSecret: value('appSecret'), // for the emulator; a real page leaves tokenByAkSk to its own server
      channelId: value('channelId'),
      userId,
      userName: userId,
      locale: 'zh',
    });

    const dial = (content) => {
      if (media) return; // connected again, after a transfer: the media call has stayed
      media = new MediaCall(content, stream, {
        onState: (words) => tell('media', words),
        onStream: (remote) => ($('remote').srcObject = remote),
        onEnd: (words) => {
          tell('media', words);
          document.body.dataset.media = 'ended';
        },
      });
      document.body.dataset.media = 'up';
      $('keys').onclick = ({ target }) => target.dataset.key && media.press(target.dataset.key);
      $('hold').onclick = () => media.hold();
      $('resume').onclick = () => media.resume();
    };
    const onEvent = (event, content) => {
      tell('cec', event === 'released' ? `released: ${content?.causeDesc ?? ''}` : event);
      show(event);
      if (event === 'connected') dial(content);
    };
    $('hangup').onclick = () => {
      tell('me', 'hanging up');
      hangUp.abort();
    };
    show('calling');
    const outcome = await placeCall(cec, { flow: value('flow'), mediaAbility, hangUp: hangUp.signal, onEvent });
    tell('me', `over: ${outcome}`);
    show(outcome);
  } catch (error) {
    tell('me', error.message);
    show('error');
  } finally {
    media?.hangUp(); // the gateway may have hung up already
    stream?.getTracks().forEach((track) => track.stop());
    $('own').srcObject = null;
  }
}

for (const [name, value] of new URLSearchParams(location.search)) {
  const field = document.forms.settings.elements[name];
  if (field) field.value = value; // ?baseURL=http://127.0.0.1:8360
}
$('audio').onclick = () => call('0');
$('video').onclick = () => call('1');
$('keys').innerHTML = [...'123456789*0#'].map((key) => `<button type="button" data-key="${key}">${key}</button>`).join('');
show('idle');
