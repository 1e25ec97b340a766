#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside a clean Debian: installs /tmp/gstreamer1.0-klingtext_*.deb, lets every tool play, inspect or
# edit a prompt, one submission per request, and removes it. With --unpacked only uses it.
set -eu
[ "${1-}" = --unpacked ] && unpacked=yes || unpacked=

said() { grep -q -- "$2" "$1" || { cat "$1"; echo "missing: $2"; exit 1; }; }
submissions() { klingtext-journal list --json | grep -c '"generation_id"'; }

if [ -z "$unpacked" ]; then
    apt-get -q -y update >/tmp/log 2>&1
    apt-get -q -y install /tmp/gstreamer1.0-klingtext_*.deb gstreamer1.0-plugins-base-apps python3-gi \
        gir1.2-gst-plugins-base-1.0 gir1.2-ges-1.0 ges1.0-tools >/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
fi
work=$(mktemp -d)
cd "$work"
uri='klingtext:A%20raccoon?rehearse=true'
sinks='--videosink=fakesink --audiosink=fakesink'

echo '-- gst-inspect-1.0'
gst-inspect-1.0 klingtextsrc >log
said log 'URI handling capabilities'
gst-inspect-1.0 --uri-handlers | grep -q klingtext
echo '-- gst-launch-1.0'
gst-launch-1.0 klingtextsrc rehearse=true prompt='A raccoon' ! filesink location=a.mp4 >log 2>&1
said log 'completed after'
echo '-- gst-discoverer-1.0'
gst-discoverer-1.0 "$uri" >log 2>&1
said log 'H.264'
echo '-- gst-play-1.0'
gst-play-1.0 --no-interactive $sinks "$uri" >log 2>&1
said log 'Reached end of play list'
echo '-- playbin3'
gst-launch-1.0 playbin3 uri="$uri" video-sink=fakesink audio-sink=fakesink >log 2>&1
said log 'Got EOS'
[ "$(submissions)" = 1 ] || { echo 'more than one submission'; exit 1; }

if command -v ges-launch-1.0 >/dev/null; then
    echo '-- klingtext-rehearsal, ges-launch-1.0'
    klingtext-rehearsal --port 0 >listening &
    service=$!
    trap 'kill $service' EXIT
    for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s listening ] && break; sleep 1; done
    AIMLAPI_BASE_URL=$(sed 's/^listening on //' listening)
    AIMLAPI_API_KEY=any
    export AIMLAPI_BASE_URL AIMLAPI_API_KEY
    ges-launch-1.0 $sinks +clip klingtext:A%20raccoon +clip klingtext:A%20raccoon >log 2>&1
    [ "$(submissions)" = 2 ] || { cat log; echo 'not one submission for two clips'; exit 1; }
fi
if [ -z "$unpacked" ]; then
    echo '-- player.py'
    /usr/bin/python3 /usr/share/doc/gstreamer1.0-klingtext/examples/player.py --headless 'A raccoon' 2>log
    said log '100 %'
    echo '-- removed'
    files=$(dpkg -L gstreamer1.0-klingtext | grep klingtext)
    apt-get -q -y purge gstreamer1.0-klingtext >/tmp/log 2>&1
    for file in $files; do [ ! -e "$file" ] || { echo "$file is left"; exit 1; }; done
    ! gst-inspect-1.0 klingtextsrc >/dev/null 2>&1
fi
klingtexts=$(ls "${XDG_DATA_HOME:-$HOME/.local/share}/klingtext" | grep -c 'mp4$')
echo "-- $klingtexts clips are kept"
