#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A storyboard on a Slurm cluster: every shot is a task of a job array, the cut a job that waits for
# them.
#
#   storyboard-slurm.sh FILE FILM [OPTION...]     options of klingtext-storyboard: --store, --rehearse
#
# Storyboard, film and store are on a file system that all nodes mount. The right to submit is an
# exclusive hard link; flock(2) locks that are local to a node only make the other nodes wait longer.
# Tried: MooseFS; NFS 4 and 3 (mount with lookupcache=none,actimeo=0; never nolock); GlusterFS (client
# caches off); sshfs, bindfs and SMB (local or unusual locks: slower). Lustre, not tried: -o flock.
# docs/how-it-works.md, "A store that several hosts share", has what holds on each.
#
# The key comes from the environment, which sbatch passes on, or from --api-key-file.
# `Licenses=kling:20` in slurm.conf keeps the whole farm within the account's limit: at most 20 shots
# at once. KLINGTEXT_LICENSE names another licence; set it empty to do without.
#
# A task that is killed and requeued, on whichever node, follows its generation instead of buying it
# again. The cut comes when all tasks have ended, however they did: what is missing has a slate, and
# submitting the same line again makes only that. Ends with the status of the cut: 0, or 3 for slates.
set -eu

[ $# -ge 2 ] || { echo "usage: $0 FILE FILM [OPTION...]" >&2; exit 2; }
file=$1 film=$2
shift 2
program=${KLINGTEXT_STORYBOARD:-klingtext-storyboard}

# On a node.
case "${KLINGTEXT_PART-}" in
    shot) exec "$program" "$file" --shot "$SLURM_ARRAY_TASK_ID" "$@" ;;
    film) exec "$program" "$file" --film -o "$film" "$@" ;;
esac

# Where it is submitted.
file=$(realpath "$file")
film=$(realpath "$film")
logs=${film%.*}.log
license=${KLINGTEXT_LICENSE-kling}
count=$("$program" "$file" --count)

# A shot waits for the service nearly all the time: many of them fit on one CPU.
shots=$(sbatch --parsable --job-name=shot --array="1-$count" --requeue --open-mode=append \
    --output="$logs" ${license:+--licenses="$license:1"} --export=ALL,KLINGTEXT_PART=shot \
    "$0" "$file" "$film" "$@")
echo "$count shots are submitted as job ${shots%%;*}, the film comes after them; the log is $logs"
exec sbatch --wait --job-name=film --dependency="afterany:${shots%%;*}" --requeue \
    --open-mode=append --output="$logs" --export=ALL,KLINGTEXT_PART=film "$0" "$file" "$film" "$@"
