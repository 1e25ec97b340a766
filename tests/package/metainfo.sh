#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The AppStream metainfo is valid: metainfo.sh FILE
command -v appstreamcli >/dev/null || { echo 'needs appstreamcli'; exit 77; }
exec appstreamcli validate --no-net --pedantic "$1"
