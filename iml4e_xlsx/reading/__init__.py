"""
Holds the reader: the bytes of a returned workbook become a response and findings about it.

`WorkbookReader` asks a parsing process (`response_worker`), in which `ContentReader` does it all.
In: the bytes or the path of a file from anybody, and the `Schemes` it may belong to. Out: an
`Assessment` (response, result, findings), or a `WorkbookReadError` with the failure. Main types:
`WorkbookReader`, `Schemes`, `WorkbookReference`. `intake`, `jobs`, `campaign` and `cli` may
import this room; it imports `spreadsheets`, `workbook` (the layout as issued) and below.
"""
