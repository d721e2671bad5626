"""
Writes the sheets of a workbook, one module for each.

In: a `WorkbookDraft`, which has the scheme, the layout, the result and the canvas. Out: cells on
the canvas. Only `workbook.builder` imports these modules.
"""
