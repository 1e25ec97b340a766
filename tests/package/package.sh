#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The Debian package: built, checked by lintian, installed on a clean Debian 12 and 13, used, removed;
# and on both the element alone, built with its four libraries and nothing else.
# Takes many minutes: only with KLINGTEXT_LONG=1. The clean Debians need root, debootstrap and a
# mirror; without them the package is built here, unpacked and used where it lies.
set -eu
skipped=77
[ -n "${KLINGTEXT_LONG:-}" ] || { echo 'only with KLINGTEXT_LONG=1'; exit $skipped; }
command -v git >/dev/null || { echo 'needs git'; exit $skipped; }
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
finish() {
    for debian in "$folder"/*/*; do
        for mount in proc dev/null dev/urandom; do
            ! mountpoint -q "$debian/$mount" || umount "$debian/$mount"
        done
    done
    rm -rf --one-file-system "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

quietly() { "$@" >"$folder/log" 2>&1 || { tail -n 60 "$folder/log"; echo "failed: $*"; exit 1; }; }

# copy_source FOLDER: the files as they are, committed or not
copy_source() {
    mkdir -p "$1"
    git -C "$root" -c safe.directory="$root" ls-files -z --cached --others --exclude-standard |
        (cd "$root" && xargs -0 sh -c 'for f; do [ -e "$f" ] && printf "%s\0" "$f"; done' -) |
        tar -C "$root" --null -T - -c | tar -C "$1" -x
}

# within DEBIAN COMMAND...
within() {
    debian=$1
    shift
    if ! mountpoint -q "$debian/proc"; then
        mount --bind /proc "$debian/proc"
        touch "$debian/dev/null" "$debian/dev/urandom"
        mount --bind /dev/null "$debian/dev/null"
        mount --bind /dev/urandom "$debian/dev/urandom"
        [ -e "$debian/dev/fd" ] || ln -s /proc/self/fd "$debian/dev/fd"
    fi
    env -i PATH="$PATH" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        ${http_proxy:+http_proxy="$http_proxy"} chroot "$debian" "$@"
}

check_metadata() {
    dpkg-deb -f "$1"
    [ "$(dpkg-deb -f "$1" GStreamer-URI-Sources)" = klingtext ]
    dpkg-deb -f "$1" GStreamer-Elements | grep -qw klingtextsrc
}

element_alone() {
    cp -a "$folder/$1/bare" "$folder/$1/alone"
    copy_source "$folder/$1/alone/src"
    quietly within "$folder/$1/alone" sh -euc '
        apt-get -q update
        apt-get -q -y install --no-install-recommends meson g++ pkg-config libgstreamer1.0-dev libglib2.0-dev \
            libsoup-3.0-dev libjson-glib-dev gstreamer1.0-tools
        meson setup /build /src -Drehearsal=disabled -Dstoryboard=disabled -Dtests=disabled
        meson compile -C /build
        export GST_PLUGIN_PATH=/build/gst
        gst-inspect-1.0 klingtextsrc
        ! gst-launch-1.0 klingtextsrc rehearse=true prompt=raccoon ! fakesink >/said 2>&1
        cat /said
        grep -q "This build has no rehearsal" /said'
}

on_debian() {
    release=$1
    echo "== $release: the element alone"
    element_alone "$release"
    echo "== $release: build and lintian"
    cp -a "$folder/$release/bare" "$folder/$release/builder"
    copy_source "$folder/$release/builder/package/klingtextsrc"
    quietly within "$folder/$release/builder" sh -euc '
        apt-get -q update
        apt-get -q -y install --no-install-recommends lintian
        cd /package/klingtextsrc
        apt-get -q -y build-dep --no-install-recommends .
        dpkg-buildpackage -us -uc -b
        lintian --allow-root --fail-on error,warning ../*.changes'
    deb=$(echo "$folder/$release"/builder/package/gstreamer1.0-klingtext_*.deb)
    check_metadata "$deb"
    echo "== $release: a clean Debian"
    cp "$deb" "$here/use.sh" "$here/../docs/transcripts.py" "$root/debian/tests/rehearse" "$folder/$release/bare/tmp/"
    within "$folder/$release/bare" /tmp/use.sh
}

# bare RELEASE
bare() {
    mkdir "$folder/$1"
    debootstrap --variant=minbase --include=git,ca-certificates "$1" "$folder/$1/bare" >"$folder/log" 2>&1
}

if [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null && bare bookworm && bare trixie; then
    on_debian bookworm
    on_debian trixie
    exit
fi
echo '== no clean Debian here: built and unpacked'
for tool in dpkg-buildpackage dh lintian; do
    command -v $tool >/dev/null || { echo "needs $tool"; exit $skipped; }
done
copy_source "$folder/here/klingtextsrc"
(cd "$folder/here/klingtextsrc" && quietly dpkg-buildpackage -us -uc -b -d "-j${KLINGTEXT_JOBS:-2}")
lintian --allow-root --fail-on error,warning "$folder"/here/*.changes
deb=$(echo "$folder"/here/gstreamer1.0-klingtext_*.deb)
check_metadata "$deb"
dpkg-deb -x "$deb" "$folder/unpacked"
PATH=$folder/unpacked/usr/bin:$PATH
GST_PLUGIN_PATH=$(dirname "$folder"/unpacked/usr/lib/*/gstreamer-1.0/libgstklingtext.so)
HOME=$folder XDG_DATA_HOME=$folder/data GST_REGISTRY=$folder/registry
export PATH GST_PLUGIN_PATH HOME XDG_DATA_HOME GST_REGISTRY
cp "$here/use.sh" "$here/../docs/transcripts.py" "$folder"
"$folder/use.sh" "$folder/unpacked"
