#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `man` finds the pages of all programs inside `meson devenv`: man_pages.sh BUILD-ROOT
set -eu
command -v man >/dev/null || { echo 'no man'; exit 77; }
for program in klingtext-journal klingtext-rehearsal klingtext-storyboard; do
    page=$(meson devenv -C "$1" man -w "$program")
    case "$page" in
        "$(realpath "$1")"/*man1/$program.1) ;;
        *) echo "$program: $page"; exit 1 ;;
    esac
    meson devenv -C "$1" env MANPAGER=cat man "$program" | grep -q "^NAME" || { echo "$program has no text"; exit 1; }
done
# The system's own pages stay in reach.
if plain=$(man -w ls 2>/dev/null); then
    [ "$(meson devenv -C "$1" man -w ls)" = "$plain" ] || { echo 'ls is lost'; exit 1; }
fi
