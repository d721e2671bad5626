"""
Builds workbooks: where everything stands, the scoring rule as formulas, and how it is written.

In: a `Scheme` and, if there is one, a `Response`. Out: the bytes of a workbook, and a `Layout`, by
which `reading` finds the answers again. `builder` is the entry, `layout` knows every address,
`canvas` alone uses XlsxWriter, `colours` holds every colour of the package. Tables and charts of
`report` and templates of `roster` are drawn on the same canvas; no room below imports this one.
"""
