#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The AppStream metainfo is valid: metainfo.sh FILE
command -v appstreamcli >/dev/null || { echo 'needs appstreamcli'; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/usr/share/metainfo"
cp "$1" "$folder/usr/share/metainfo"
appstreamcli validate-tree --no-net "$folder"  # the name of the file, too
