#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was to be reached beside what was measured: bars.py FOLDER-OF-TABLES"""
import sys

sys.dont_write_bytecode = True
from tables import tables_of  # noqa: E402


def worst(rows, column):
    return max(float(row[column]) for row in rows)


def main(folder):
    def rows(name, table=0):
        return tables_of(f"{folder}/{name}.tsv")[table]

    noticed = rows("noticing")
    new = next(row for row in noticed if row["schedule"] == "klingtextsrc, new")
    learnt = [row for row in noticed if row["schedule"] == "klingtextsrc, with history"]
    frames = rows("first_frame")
    cost = rows("cost")
    to_curl, to_soup, finished = (float(row["per GB"]) for row in rows("cost", 1))
    waiting = {(row["way"], row["generations"]): row for row in rows("waiting")}
    peer = "Python, asyncio, 4 connections"
    late = rows("late_polls")[0]
    clips = {row["way"]: float(row["CPU s"]) for row in rows("streaming") if row["clips"] == "64"}
    bars = [
        ("noticed late, new service, mean s", "at most", 2.6, float(new["mean s"])),
        ("polls for that", "at most", 24, float(new["polls"])),
        ("with history, to the optimum", "at most", 1.15, worst(learnt, "to optimum")),
        ("whole way, documented client to ours", "at least", 3,
         float(rows("whole_way")[1]["times as long"])),
        ("first frame, to uridecodebin", "at most", 1.1, worst(frames, "ratio")),
        ("first frame at 2 MB/s, curl to ours", "at least", 7,
         min(float(row["times as long"]) for row in frames if row["link"] == "2 MB/s")),
        ("200 MB kept, CPU per GB to curl -o", "at most", 1, to_curl),
        ("200 MB kept, CPU per GB to souphttpsrc ! tee", "at most", 1, to_soup),
        ("finished clip, CPU per GB to filesrc", "at most", 1.1, finished),
        ("peak memory of a download, MB", "at most", 40, float(cost[0]["peak MB"])),
        *((f"1000 generations waiting, {way}, {column}", "at most", bar,
           float(waiting[way, "1000"][column]))
          for way, megabytes, threads in (("klingtextsrc", 80, 1012), ("jobs, no elements", 25, 12))
          for column, bar in (("MB", megabytes), ("threads", threads))),
        *((f"CPU per poll, {way}, {count} waiting, to asyncio", "at most", 1,
           float(waiting[way, count]["ms CPU per poll"])
           / float(waiting[peer, count]["ms CPU per poll"]))
          for way in ("klingtextsrc", "jobs, no elements") for count in ("1", "100", "1000")),
        ("polls late beside slow submissions, median ms", "at most", 50,
         float(late["median ms late"])),
        ("polls late beside slow submissions, most ms", "at most", 250, float(late["most ms"])),
        ("64 clips, CPU to curl and 64 small clips", "at most", 1,
         clips["klingtextsrc ! fakesink"]
         / (clips["curl --parallel"] + clips["klingtextsrc, clips of 4 KB"])),
        *((f"{row['step']}, to souphttpsrc", "at most", 1.1, float(row["ratio"]))
          for row in rows("startup")),
        ("attach to one of 100000 entries, to one of 10", "at most", 1.5,
         float(rows("store")[-1]["attach us"]) / float(rows("store")[0]["attach us"])),
        *((f"{column} with 100000 entries, to 10", "at most", 1.5,
           float(rows("store")[-1][f"{column} us"]) / float(rows("store")[0][f"{column} us"]))
          for column in ("new request", "cap check", "reserve")),
    ]
    print("figure\tbar\tmeasured\tmet")
    for name, side, bar, value in bars:
        met = value >= bar if side == "at least" else value <= bar
        print(f"{name}\t{side} {bar:g}\t{value:.2f}\t{'yes' if met else 'NO'}")


main(sys.argv[1])
