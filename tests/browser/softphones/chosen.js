/** The softphone that the address asks for: `#jssip`, `#sdk`, `#sipjs`. */
import { JsSipCall } from './jssip.js';
import { SdkCall } from './sdk.js';
import { SipJsCall } from './sipjs.js';

export const MediaCall = { jssip: JsSipCall, sdk: SdkCall, sipjs: SipJsCall }[location.hash.slice(1)];
