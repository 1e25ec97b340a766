# SPDX-License-Identifier: LGPL-2.1-or-later
# gnuplot -e "figures='FOLDER'; plots='FOLDER'" plots.gp: what is measured, beside the law it should
# follow. Grey axes on nothing are legible on white and on black.
set terminal svg size 720,420 dynamic font "sans-serif,13"
set border 3 linecolor "#808080"
set grid linecolor "#808080" linewidth 0.3
set tics nomirror textcolor "#808080"
set key textcolor "#808080" top left reverse Left
set title textcolor "#808080"
set xlabel textcolor "#808080"
set ylabel textcolor "#808080"
set datafile separator tab
blue = "#3b8ede"; orange = "#e07b28"; green = "#2fa36b"; grey = "#808080"

set output plots."/noticing.svg"
set title "Noticing a completion, lognormal around 152 s: mean delay and polls"
set xlabel "polls"; set ylabel "seconds late, mean"
set xrange [5:45]; set yrange [0:10]
set key top right
first = "< awk -F'\t' '$1 ~ /^lognormal 152/' ".figures."/noticing.tsv"
# mean * polls of the line with history, over its ratio to the optimum, is the optimum.
best = system("awk -F'\t' '/^lognormal 152.*with history/ { print $3 * $5 / $6 }' ".figures."/noticing.tsv") + 0
plot best / x title "the least there can be" linecolor rgb grey dashtype 2, \
     first using 5:3 notitle with points pointtype 7 pointsize 1 linecolor rgb blue, \
     first using 5:3:2 notitle with labels left offset 0.8,0.4 textcolor rgb grey

set output plots."/waiting.svg"
set title "Memory of one process in which generations wait"
set xlabel "generations"; set ylabel "MB"
set logscale xy; set xrange [0.8:1500]; set yrange [5:300]
set key top left
ours = "< grep '^klingtextsrc' ".figures."/waiting.tsv"
base = system("awk -F'\t' '/^klingtextsrc\t1\t/ { print $3 }' ".figures."/waiting.tsv") + 0
most = system("awk -F'\t' '/^klingtextsrc\t1000\t/ { print $3 }' ".figures."/waiting.tsv") + 0
plot base + x * (most - base) / 1000 title "linear" linecolor rgb grey dashtype 2, \
     ours using 2:3 title "klingtextsrc" with linespoints pointtype 7 linecolor rgb blue

set output plots."/streaming.svg"
set title "256 MB in one process, kept on disk: CPU time"
set xlabel "clips at once"; set ylabel "seconds"
set xrange [0.8:80]; set yrange [0.05:5]
set key top left
plot "< grep '^[0-9]*\tklingtextsrc' ".figures."/streaming.tsv" using 1:3 title "klingtextsrc ! fakesink" with linespoints pointtype 7 linecolor rgb blue, \
     "< grep '^[0-9]*\tsouphttpsrc' ".figures."/streaming.tsv" using 1:3 title "souphttpsrc ! tee" with linespoints pointtype 7 linecolor rgb orange, \
     "< grep '^[0-9]*\tcurl' ".figures."/streaming.tsv" using 1:3 title "curl --parallel" with linespoints pointtype 7 linecolor rgb green

set output plots."/store.svg"
set title "The store: microseconds for one of its tasks"
set xlabel "entries"; set ylabel "microseconds"
set xrange [7:200000]; set yrange [1:1e7]
store = figures."/store.tsv"
per = system("awk -F'\t' '$1 == 100000 { print $4 / $1 }' ".store) + 0
plot per * x title "linear" linecolor rgb grey dashtype 2, \
     store using 1:2 skip 1 title "attach to a request" with linespoints pointtype 7 linecolor rgb blue, \
     store using 1:6 skip 1 title "list all" with linespoints pointtype 7 linecolor rgb orange, \
     store using 1:7 skip 1 title "evict one clip" with linespoints pointtype 7 linecolor rgb green
