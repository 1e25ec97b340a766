#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside a clean Debian: installs /tmp/gstreamer1.0-klingtext_*.deb, does all that README.md says and
# runs every example, one submission per request, and removes it.
# With a folder in which the package was unpacked, only uses it: use.sh FOLDER
set -eu
root=${1-}
here=$(cd "$(dirname "$0")" && pwd)

quietly() { "$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log"; echo "failed: $*"; exit 1; }; }
submissions() { klingtext-journal list --json | grep -c '"generation_id"'; }

work=$(mktemp -d)
if [ -z "$root" ]; then
    quietly apt-get -q -y update
    quietly apt-get -q -y install "$here"/gstreamer1.0-klingtext_*.deb
    # What README.md names for its tools and examples.
    quietly apt-get -q -y install gstreamer1.0-plugins-base-apps ges1.0-tools python3-gi \
        gir1.2-gst-plugins-base-1.0 gir1.2-ges-1.0
fi
documents=$root/usr/share/doc/gstreamer1.0-klingtext
cd "$work"

echo '-- gst-inspect-1.0'
quietly gst-inspect-1.0 klingtextsrc
gst-inspect-1.0 --uri-handlers | grep -q klingtext
echo '-- programs and man pages'
for program in "$root"/usr/bin/klingtext-*; do
    quietly "$program" --help
    [ -e "$root/usr/share/man/man1/$(basename "$program").1.gz" ]
done
echo '-- README.md'
cp "$documents/README.md" README.md
for page in "$documents"/*.md "$documents"/docs/*.md; do
    grep -oE '\]\([^)#:]+\)' "$page" | sed 's/^](//; s/)$//' | while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || { echo "$page links to $link, which is not there"; exit 1; }
    done
done
[ -s "$documents/changelog.gz" ]
quietly timeout 600 python3 "$here/transcripts.py" README.md "$documents/examples"
cat log

echo '-- bins'
uri='klingtext:A%20raccoon?rehearse=true'
for bin in playbin playbin3; do
    quietly timeout 300 gst-launch-1.0 $bin uri="$uri" video-sink=fakesink audio-sink=fakesink
done
for bin in uridecodebin uridecodebin3 'urisourcebin ! decodebin3'; do
    # shellcheck disable=SC2086
    quietly timeout 300 gst-launch-1.0 ${bin%% *} uri="$uri" ${bin#"${bin%% *}"} ! video/x-raw ! fakesink
done
[ "$(submissions)" = 1 ] || { echo 'more than one submission'; exit 1; }

echo '-- examples'
for example in "$documents"/examples/*; do
    [ -x "$example" ] || continue  # to be read, or input for a program
    case $(basename "$example") in
        player.py | placeholder.py) quietly timeout 300 "$example" --headless 'A raccoon' ;;
        prewarm.py) quietly timeout 300 "$example" 'A raccoon' ;;
        transcode.sh) quietly timeout 300 "$example" 'A raccoon' film.webm ;;
        timeline.py) for _ in new project; do
            quietly timeout 300 "$example" film.xges film2.webm 'A raccoon' 'A raccoon'
        done ;;
        storyboard-slurm.sh) ;;  # wants a cluster
        quickstart.sh) ;;        # builds the source
        *) echo "what is $example?"; exit 1 ;;
    esac
done
[ "$(submissions)" = 1 ] || { echo 'more than one submission'; exit 1; }

if [ -z "$root" ]; then
    echo '-- debian/tests'
    mkdir autopkgtest
    AUTOPKGTEST_TMP=$work/autopkgtest quietly "$here/rehearse"
    echo '-- removed'
    files=$(dpkg -L gstreamer1.0-klingtext | grep klingtext)
    quietly apt-get -q -y purge gstreamer1.0-klingtext
    for file in $files; do [ ! -e "$file" ] || { echo "$file is left"; exit 1; }; done
    ! gst-inspect-1.0 klingtextsrc >/dev/null 2>&1
fi
echo "-- $(find "${XDG_DATA_HOME:-$HOME/.local/share}/klingtext" -maxdepth 1 -name '*.mp4' | wc -l) clip is kept"
rm -rf "$work"
