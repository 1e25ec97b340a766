#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a fresh Debian to a film: quickstart.sh [--real] [PROMPT]
# A rehearsal unless --real is given: no key, no cost, no network but for Debian packages.
set -eu
began=$(date +%s)

prompt='A cheerful white raccoon running through a sequoia forest'
seconds=5
film=klingtext.mp4
root=$(cd "$(dirname "$0")/.." && pwd)

mode=rehearsal
case "${1-}" in
    --real) mode=real; shift ;;
    --help) echo "usage: $0 [--real] [PROMPT]"; exit 0 ;;
    --?*) echo "usage: $0 [--real] [PROMPT]" >&2; exit 2 ;;
esac
[ $# -le 1 ] || { echo "One prompt, please: put it in quotes." >&2; exit 2; }
[ -z "${1-}" ] || prompt=$1

# Before anything is installed: a real generation without a key cannot work.
if [ $mode = real ] && [ -z "${AIMLAPI_API_KEY:-}${AIML_API_KEY:-}${AIMLAPI_KEY:-}" ]; then
    echo 'A real generation needs a key of the AI/ML API: export AIMLAPI_API_KEY=… first.' >&2
    echo 'Without --real you get a rehearsal, free of charge.' >&2
    exit 1
fi

say() { echo "[$(($(date +%s) - began)) s] $*"; }

"$root/examples/install-packages.sh" --quick

# The plugin and the rehearsal, compiled as a few large files without debug information.
# `ninja -C build-quick` adds the programs.
build=$root/build-quick
[ -f "$build/build.ninja" ] || rm -rf "$build"
log=$(mktemp)
part=$(mktemp -d "./$film.XXXXXX")  # another run may write the same film
clock=
trap 'rm -rf "$log" "$part"; [ -z "$clock" ] || kill "$clock"' EXIT
trap 'exit 130' INT TERM  # dash leaves EXIT out otherwise
say 'Building'
if [ -t 1 ]; then
    while sleep 1; do
        printf '\r[%d s] Building %s' $(($(date +%s) - began)) \
            "$(sed -n 's/^\(\[[0-9/]*\]\).*/\1/p' "$log" | tail -n 1)"
    done &
    clock=$!
fi
{
    { [ -d "$build" ] || meson setup "$build" "$root" --unity=on -Dunity_size=8 -Ddebug=false \
        -Dtests=disabled -Dstoryboard=disabled; } && ninja -C "$build" plugin
} >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
[ -z "$clock" ] || { kill "$clock"; clock=; printf '\r'; }
say 'Built'

# What `meson devenv` sets: the plugin from the build, and a registry that is nobody else's.
GST_PLUGIN_PATH=$build/gst${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
GST_REGISTRY=$build/registry.bin
export GST_PLUGIN_PATH GST_REGISTRY

# gst-launch reads its line once more than the shell: newlines go, \ and " need a backslash. A
# quotation mark that comes first would be taken for its own, hence the space.
quoted=$(printf '%s' "$prompt" | tr '\n\r\t' '   ' | sed -e 's/[\\"]/\\&/g' -e 's/^\\"/ &/')

if [ $mode = real ]; then
    say "This buys $seconds seconds of video, unless you already own this one."
    rehearse=false
else
    say "Rehearsing $seconds seconds of video, free of charge."
    rehearse=true
fi
gst-launch-1.0 klingtextsrc rehearse=$rehearse duration=$seconds "prompt=\"$quoted\"" \
    ! filesink location="$part/film"
mv "$part/film" "$film"

# The first value of a name in the discoverer's report.
found() { printf '%s\n' "$report" | sed -n "s/^ *$1: *//p" | head -n 1; }
report=$(gst-discoverer-1.0 -v "$film") || report=
width=$(found Width)
[ -n "$width" ] || { printf '%s\nThis is not a film.\n' "$report" >&2; exit 1; }
sound=none
printf '%s\n' "$report" | grep -q '^ *audio #' && sound="$(found 'Sample rate') Hz, $(found Channels | cut -d' ' -f1) channels"
echo
say "$film: $(wc -c <"$film") bytes, ${width}x$(found Height), $(found Duration | cut -c1-11), sound: $sound"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    gst-play-1.0 --no-interactive "$film" || echo "It cannot be played here: open $film yourself."
fi
