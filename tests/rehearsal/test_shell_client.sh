#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A client of curl and jq, against klingtext-rehearsal: submit, poll, download, in as many lines.
# usage: test_shell_client.sh PROGRAM
set -eu
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }

folder=$(mktemp -d)
mkfifo "$folder/said"
# Under AddressSanitizer, what the font libraries keep to the end would count as an error.
ASAN_OPTIONS=detect_leaks=0 "$1" --pace 0.001 >"$folder/said" &
service=$!
trap 'kill $service; wait $service; rm -rf "$folder"' EXIT
read -r _ _ base_url <"$folder/said"

call() {
    curl --silent --show-error --fail-with-body --max-time 60 -H 'Authorization: Bearer any' "$@"
}
generations=$base_url/video/generations
id=$(jq -n '{model: "klingai/video-v2-6-pro-text-to-video", prompt: "A raccoon", duration: 5}' |
    call -H 'Content-Type: application/json' -d @- "$generations" | jq -er .id)
while answer=$(call -G --data-urlencode "generation_id=$id" "$generations"); do
    case $(echo "$answer" | jq -er .status) in
        queued | generating) sleep 0.1 ;;
        completed) break ;;
        *) echo "$answer"; exit 1 ;;
    esac
done
curl --silent --fail --max-time 60 -o "$folder/film.mp4" "$(echo "$answer" | jq -er .video.url)"
[ "$(head -c 8 "$folder/film.mp4" | tail -c 4)" = ftyp ]
wc -c <"$folder/film.mp4"
