#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was to be reached beside what was measured: bars.py FOLDER-OF-TABLES"""
import sys

sys.dont_write_bytecode = True
from tables import tables_of  # noqa: E402


def worst(rows, column):
    return max(float(row[column]) for row in rows)


def main(folder):
    def rows(name, at=0, **wanted):
        return [row for row in tables_of(f"{folder}/{name}.tsv")[at]
                if all(row[column] in values for column, values in wanted.items())]

    new, learnt = (rows("noticing", schedule=[name])
                   for name in ("klingtextsrc, new", "klingtextsrc, with history"))
    frames = rows("first_frame")
    cost = rows("cost")
    to_curl, to_soup, finished = (float(row["per GB"]) for row in rows("cost", 1))
    waiting = {(row["way"], row["generations"]): row for row in rows("waiting")}
    cpu = {way: float(waiting[way, "100"]["ms CPU per poll"])
           for way in ("klingtextsrc", "Python, asyncio")}
    bars = [
        ("noticed late, new service, mean s", 2.6, float(new[0]["mean s"])),
        ("polls for that", 24, float(new[0]["polls"])),
        ("with history, to the optimum", 1.15, worst(learnt, "to optimum")),
        ("whole way, documented client to ours", -3, float(rows("whole_way")[1]["times as long"])),
        ("first frame, to uridecodebin", 1.1, worst(frames, "ratio")),
        ("first frame at 2 MB/s, curl to ours", -7,
         min(float(row["times as long"]) for row in frames if row["link"] == "2 MB/s")),
        ("200 MB kept, CPU per GB to curl -o", 1, to_curl),
        ("200 MB kept, CPU per GB to souphttpsrc ! tee", 1, to_soup),
        ("finished clip, CPU per GB to filesrc", 1.1, finished),
        ("peak memory of a download, MB", 40, float(cost[0]["peak MB"])),
        ("1000 generations waiting, MB", 150, float(waiting["klingtextsrc", "1000"]["MB"])),
        ("CPU per poll, to asyncio", 1, cpu["klingtextsrc"] / cpu["Python, asyncio"]),
        *((f"{row['step']}, to souphttpsrc", 1.1, float(row["ratio"])) for row in rows("startup")),
        ("attach to one of 100000 entries, to one of 10", 1.5,
         float(rows("store")[-1]["attach us"]) / float(rows("store")[0]["attach us"])),
    ]
    print("figure\tbar\tmeasured\tmet")
    for name, bar, value in bars:
        met = value >= -bar if bar < 0 else value <= bar
        print(f"{name}\t{'at least' if bar < 0 else 'at most'} {abs(bar):g}\t{value:.2f}\t"
              f"{'yes' if met else 'NO'}")


main(sys.argv[1])
