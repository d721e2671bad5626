"""
Makes tables of plain values, which every format shows in its own way, and the rows of data files.

In: teams, comparisons, trends, roadmaps, agendas, findings. Out: `ResultTable` with its `Column`s,
each of a `ColumnKind`; `ResultBundle` and documents for programs. Imports no other room of the
report; all of them may import this one.
"""
