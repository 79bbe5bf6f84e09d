/**
 * The checks that the guide asks for before a call (§5 step 2): is there WebRTC, and what to speak and listen with?
 *
 * Resolves to whether there is a camera; rejects with what is missing, in words for the user.
 */
export async function checkDevices() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error(
      window.isSecureContext
        ? 'This browser has no WebRTC / 此浏览器不支持 WebRTC'
        : 'Browsers give microphones to https:// pages and to localhost only / 仅 https:// 页面和 localhost 可使用麦克风',
    );
  }
  const kinds = new Set((await navigator.mediaDevices.enumerateDevices()).map((device) => device.kind));
  // Only Chromium always lists loudspeakers; where none is listed and the browser is another, there may well be one.
  const listsSpeakers = 'setSinkId' in HTMLMediaElement.prototype && navigator.userAgent.includes('Chrome');
  if (listsSpeakers && !kinds.has('audiooutput')) throw new Error('No loudspeaker was found / 未找到扬声器');
  if (!kinds.has('audioinput')) throw new Error('No microphone was found / 未找到麦克风');
  return kinds.has('videoinput');
}
