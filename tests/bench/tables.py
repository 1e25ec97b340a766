# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files the benchmarks write: tables with tabs between cells, an empty line between tables."""


def tables_of(file):
    """Each table as a list of rows, which are dictionaries by column."""
    with open(file, encoding="utf-8") as text:
        blocks = text.read().strip().split("\n\n")
    tables = []
    for block in blocks:
        head, *lines = (line.split("\t") for line in block.splitlines())
        tables.append([dict(zip(head, line)) for line in lines])
    return tables
