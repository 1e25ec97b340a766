#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a prompt to WebM (VP8, Opus): transcode.sh [--real] PROMPT FILE.webm
# A rehearsal, or with --real a film that is bought. A prompt that was bought before is only
# transcoded again.
set -eu

rehearse='?rehearse=true'
if [ "${1-}" = --real ]; then
    rehearse=
    shift
fi
[ $# -eq 2 ] || { echo "usage: $0 [--real] PROMPT FILE.webm" >&2; exit 2; }

# As a URI, every character of a prompt arrives as it is: gst-launch itself would lose some.
prompt=$(printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | tr ' ' '%')

part=$(mktemp -d "$2.XXXXXX")  # another run may write the same file
trap 'rm -rf "$part"' EXIT
trap 'exit 130' INT TERM
gst-launch-1.0 uridecodebin3 uri="klingtext:$prompt$rehearse" name=film \
    webmmux name=webm ! filesink location="$part/film" \
    film. ! 'video/x-raw(ANY)' ! queue ! videoconvert ! vp8enc deadline=1 cpu-used=8 threads=2 ! webm. \
    film. ! 'audio/x-raw(ANY)' ! queue ! audioconvert ! audioresample ! opusenc ! webm.
mv "$part/film" "$2"
