#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts the tables between their marks in the page: write.py FOLDER-OF-TABLES PAGE"""
import os
import re
import sys

sys.dont_write_bytecode = True
from tables import tables_of  # noqa: E402


def markdown(table):
    columns = list(table[0])
    lines = [columns, ["---" if column == columns[0] else "---:" for column in columns]]
    lines += [row.values() for row in table]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(folder, page):
    def filled(match):
        tables = tables_of(os.path.join(folder, match[1] + ".tsv"))
        return (f"<!-- {match[1]} -->\n" + "\n\n".join(map(markdown, tables))
                + f"\n<!-- /{match[1]} -->")

    with open(page, encoding="utf-8") as text:
        written = re.sub(r"<!-- (\w+) -->.*?<!-- /\1 -->", filled, text.read(), flags=re.DOTALL)
    with open(page, "w", encoding="utf-8") as text:
        text.write(written)


main(*sys.argv[1:])
