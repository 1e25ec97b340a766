#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What bash completes for the programs: completion.sh SOURCE-ROOT JOURNAL REHEARSAL STORYBOARD
set -eu
source "$1/data/klingtext.bash-completion"
failed=0
set -- "$1" "$(realpath "$2")" "$(realpath "$3")" "$(realpath "$4")"

# expect PROGRAM "WORDS BEFORE" CURRENT EXPECTED...: each of EXPECTED is offered
expect() {
    local program=$1 before=$2 current=$3 wanted
    shift 3
    # shellcheck disable=SC2206
    COMP_WORDS=("$program" $before "$current")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _klingtext "$program" "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
    for wanted; do
        if [[ " ${COMPREPLY[*]-} " != *" $wanted "* ]]; then
            echo "$(basename "$program") $before $current: no $wanted among: ${COMPREPLY[*]-}"
            failed=1
        fi
    done
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
touch film.toml other.txt
expect "$2" '' '' list show forget verify spent
expect "$2" '' 'fo' forget
expect "$2" 'list' '--' --store= --json --help
expect "$2" 'list' '--s' --status= --since= --store=
expect "$2" 'list --status' 'c' completed
expect "$3" '' '--li' --link-life=
expect "$3" '' '--s' --state= --scenario= --seed=
expect "$4" '' '--re' --rehearse
expect "$4" '' 'f' film.toml
expect "$4" '--output' 'o' other.txt
exit $failed
