#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs the Debian packages that are missing, and only those: with nothing missing it needs
# neither a network nor rights. --quick has what examples/quickstart.sh builds and runs, without an
# argument all of the product is built, --tests adds what only the tests need, --bench and --hardening
# what tests/bench/run.sh and tests/hardening/run.sh need besides.
set -eu
began=$(date +%s)

quick='
    meson ninja-build g++ pkg-config
    libglib2.0-dev libsoup-3.0-dev libjson-glib-dev libxxhash-dev libpango1.0-dev
    libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-base-apps
    gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly
    gstreamer1.0-libav glib-networking ca-certificates fonts-dejavu-core'
build_and_run="$quick python3 libcairo2-dev libges-1.0-dev libtomlplusplus-dev"
tests_only='
    libgtest-dev clang-format git curl jq nginx-light ges1.0-tools python3-requests python3-gi python3-jsonschema
    gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0 gir1.2-ges-1.0 groff-base
    debhelper lintian debootstrap slurmctld slurmd slurm-client munge tmux libgnutls28-dev
    xvfb dbus parole clapper totem totem-plugins grilo-plugins-0.3
    chromium chromium-driver fonts-wqy-microhei fonts-noto-color-emoji'
bench_only='gnuplot-nox python3-aiohttp bsdextrautils'
hardening_only='clang clang-tidy libclang-rt-14-dev llvm valgrind gcovr'

case "${1-}" in
    --quick) wanted=$quick ;;
    --tests) wanted="$build_and_run $tests_only" ;;
    --bench) wanted="$build_and_run $tests_only $bench_only" ;;
    --hardening) wanted="$build_and_run $tests_only $hardening_only" ;;
    '') wanted=$build_and_run ;;
    *) echo "usage: $0 [--quick|--tests|--bench|--hardening]" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
    echo "This is not a Debian: please see to it yourself that these are there:" $wanted >&2
    exit 0
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | sed -n 's/ installed$//p') || true
missing=
for package in $wanted; do
    case "
$installed
" in *"
$package
"*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "These packages are missing, and only root can install them:$missing" >&2
    exit 1
fi

say() { echo "[$(($(date +%s) - began)) s] $*"; }
apt() {
    # env, because sudo drops the environment.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
        -o Dpkg::Use-Pty=0 "$@"
}
say "Installing:$missing"
# A third-party list that cannot be reached is no reason to stop: what matters shows below.
apt update || echo "apt-get update had problems; trying all the same" >&2
say "Downloading $(apt-get -s --no-install-recommends install $missing | grep -c '^Inst ') packages, with those they need"
apt install --no-install-recommends --download-only $missing
say 'Unpacking them'
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt install --no-install-recommends $missing >"$log" || { cat "$log"; exit 1; }
say 'Installed'
