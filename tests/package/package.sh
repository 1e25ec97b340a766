#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian package: built, checked by lintian, installed on a clean Debian, used, removed.
# Takes minutes: only with KLINGTEXT_LONG=1. The clean Debian needs root, debootstrap and a mirror;
# without them the package is unpacked and used where it lies.
set -eu
skipped=77
[ -n "${KLINGTEXT_LONG:-}" ] || { echo 'only with KLINGTEXT_LONG=1'; exit $skipped; }
for tool in dpkg-buildpackage dh lintian git; do
    command -v $tool >/dev/null || { echo "needs $tool"; exit $skipped; }
done
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
chroot=$folder/debian
finish() {
    for mount in proc dev/null dev/urandom; do
        mountpoint -q "$chroot/$mount" && umount "$chroot/$mount"
    done
    rm -rf --one-file-system "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

echo '== build'
mkdir "$folder/klingtextsrc"
git -C "$root" -c safe.directory="$root" ls-files -z --cached --others --exclude-standard |
    (cd "$root" && xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' -) |
    tar -C "$root" --null -T - -c | tar -C "$folder/klingtextsrc" -x
(cd "$folder/klingtextsrc" && dpkg-buildpackage -us -uc -b -d "-j${KLINGTEXT_JOBS:-2}") >"$folder/log" 2>&1 ||
    { tail -n 50 "$folder/log"; exit 1; }
deb=$(echo "$folder"/gstreamer1.0-klingtext_*.deb)
dpkg-deb -c "$deb"

echo '== lintian'
lintian --allow-root --fail-on error,warning "$folder"/*.changes

echo '== metadata'
dpkg-deb -f "$deb"
[ "$(dpkg-deb -f "$deb" GStreamer-URI-Sources)" = klingtext ]
dpkg-deb -f "$deb" GStreamer-Elements | grep -qw klingtextsrc

if [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null &&
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$chroot" >"$folder/log" 2>&1; then
    echo '== a clean Debian'
    cp "$deb" "$here/use.sh" "$here/../docs/transcripts.py" "$chroot/tmp/"
    mount --bind /proc "$chroot/proc"
    touch "$chroot/dev/null" "$chroot/dev/urandom"
    mount --bind /dev/null "$chroot/dev/null"
    mount --bind /dev/urandom "$chroot/dev/urandom"
    env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} chroot "$chroot" /tmp/use.sh
else
    echo '== no clean Debian here: unpacked'
    dpkg-deb -x "$deb" "$folder/unpacked"
    PATH=$folder/unpacked/usr/bin:$PATH
    GST_PLUGIN_PATH=$(dirname "$folder"/unpacked/usr/lib/*/gstreamer-1.0/libgstklingtext.so)
    HOME=$folder XDG_DATA_HOME=$folder/data GST_REGISTRY=$folder/registry
    export PATH GST_PLUGIN_PATH HOME XDG_DATA_HOME GST_REGISTRY
    cp "$here/use.sh" "$here/../docs/transcripts.py" "$folder"
    "$folder/use.sh" "$folder/unpacked"
fi
