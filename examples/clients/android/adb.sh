#!/bin/sh
# Puts an app on an Android phone under the judge: cec-conformance client --jobs 1 -- sh adb.sh
#
# The case reaches the app's activity as extras of an intent; the app logs its outcome line under the tag CecConformance.
# Not tried on a phone by us: the tests have an `adb` of their own that hands the extras to a client on this machine.
set -eu
activity=${ACTIVITY:-com.example.app/.ConformanceActivity}
port=${CEC_BASE_URL##*:}

quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; } # the phone's shell reads the command line again

extras=
for name in CEC_BASE_URL CEC_TOKEN_BASE_URL CEC_APP_KEY CEC_APP_SECRET CEC_CHANNEL_ID CEC_USER_ID CEC_USER_NAME \
    CEC_LOCALE CEC_FLOW CEC_MEDIA_ABILITY CEC_HANGUP_AFTER CEC_HANGUP_WHEN CEC_CONNECT_MEDIA; do
    extras="$extras --es $name $(quoted "$(printenv $name)")"
done

adb reverse "tcp:$port" "tcp:$port" >&2 # 127.0.0.1 on the phone now is this machine: no Wi-Fi is needed
trap 'adb reverse --remove "tcp:$port" >&2' EXIT
adb logcat -c
adb shell "am start -S -W -n $activity$extras" >&2 # -S: the app starts afresh
adb logcat -v raw -m 1 -s CecConformance:I
