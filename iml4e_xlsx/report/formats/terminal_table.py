"""Prints a table in a terminal of any width and encoding, with everything that it holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    JustifyMethod,
    RenderableType,
    RenderResult,
)
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from iml4e_xlsx.report.formats.name_shortening import shorten_names
from iml4e_xlsx.report.formats.terminal_layout import TableLayout, plan_layout
from iml4e_xlsx.report.tables.table import NO_VALUE, Column, ColumnKind
from iml4e_xlsx.text.character_fallbacks import encodable_name, encodable_text
from iml4e_xlsx.text.texts import Texts

_INDENT: Final = 2
_BETWEEN_ITEMS: Final = "  "
_LINES: Final = (ColumnKind.TEXT, ColumnKind.LONG, ColumnKind.FILE)
"""What stands below a row in a line of its own; figures stand side by side there, too."""

_ASCII_HEAD: Final = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)
"""The same as `SIMPLE_HEAD`, for encodings without lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalTable:
    """
    Rows to be shown, the cells styled.

    `droppable` are the places of columns that say nothing which the others do not; the last row
    is apart where it `ends_in_whole`. `measured` are the rows for which the layout is made, those
    of other tables that look the same as well; only its own if there are none.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]
    droppable: Collection[int] = ()
    ends_in_whole: bool = False
    measured: Sequence[Sequence[Text]] = ()


def spell_text(console: Console, text: str, style: str = "") -> Text:
    """Return a text as the encoding of a console can show it."""
    return Text(encodable_text(text, console.encoding), style=style)


def spell_cell(console: Console, text: str, column: Column, style: str = "") -> Text:
    """Return a cell as the encoding of a console can show it; two names remain two."""
    is_name = column.is_name or column.kind is ColumnKind.FILE
    spell = encodable_name if is_name and text != NO_VALUE else encodable_text
    return Text(spell(text, console.encoding), style=style)


def show_table(
    console: Console, table: TerminalTable, texts: Texts, *, explained: set[str] | None = None
) -> TableLayout:
    """
    Print a table: side by side as far as there is room, and the rest below each row.

    Returns:
        How it was laid out, which says what found no room.

    Args:
        console: Where to.
        table: What to print.
        texts: The language of what is said about short headings.
        explained: What was said about them before, which is not said again.
    """
    heads = [_spell_heads(console, column) for column in table.columns]
    plain = [[cell.plain for cell in row] for row in table.rows]
    measured = [[cell.plain for cell in row] for row in table.measured or table.rows]
    layout = plan_layout(heads, measured, console.width, droppable=table.droppable)
    ellipsis = encodable_text("…", console.encoding)
    short = shorten_names(plain, heads, layout.widths, ellipsis)
    rows = [
        [
            cell if cell.plain == text else Text(text, style=cell.style)
            for cell, text in zip(row, line, strict=True)
        ]
        for row, line in zip(table.rows, short, strict=True)
    ]
    printer = _TablePrinter(console, heads, rows, layout, table.ends_in_whole)
    printer.print_rows()
    names = printer.explain_headings(texts)
    explained = set() if explained is None else explained
    if names and names not in explained:
        explained.add(names)
        console.print(indent_text(spell_text(console, names, "dim")))
    return layout


def indent_text(text: RenderableType, by: int = _INDENT, *, below: int = 0) -> _LineEnds:
    """Return what stands a little to the right, with empty lines below."""
    return _LineEnds(Padding(text, (0, 0, below, by), expand=False))


@dataclass(frozen=True, slots=True)
class _LineEnds:
    """Lines that end with their last character, since blanks behind it are copied with them."""

    content: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self.content, options, pad=False):
            segments = list(line)
            while segments and not segments[-1].text.strip(" "):
                segments.pop()
            if segments:
                last = segments.pop()
                yield from segments
                yield Segment(last.text.rstrip(" "), last.style)
            yield Segment.line()


def _spell_heads(console: Console, column: Column) -> Column:
    """Return a column with headings that the encoding of a console can show."""
    return replace(
        column,
        heading=encodable_text(column.heading, console.encoding),
        brief=encodable_text(column.brief, console.encoding),
    )


@dataclass(frozen=True, slots=True)
class _TablePrinter:
    """Prints rows in a layout."""

    console: Console
    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]
    layout: TableLayout
    ends_in_whole: bool

    def print_rows(self) -> None:
        """Print all rows, those of one line each together, others apart."""
        if not self.layout.widths:
            for row in self.rows:
                self.console.print(Group(Text(), row[0].copy(), *self._lines_below(row)))
        elif not self.layout.below:
            self.console.print(Text(), _LineEnds(self._make_table(self.rows)), sep="\n")
        else:
            self._print_records()
        self.console.print()

    def _print_records(self) -> None:
        """Print each row, and below it what had no room; apart where that takes several lines."""
        below = [list(self._lines_below(row)) for row in self.rows]
        is_apart = max(map(len, below)) > 1 or self._has_long_lines()
        self.console.print()
        for number, (row, lines) in enumerate(zip(self.rows, below, strict=True)):
            line = self._make_table([row], has_heads=number == 0)
            apart = [Text()] if is_apart and number + 1 < len(self.rows) else []
            self.console.print(Group(_LineEnds(line), *lines, *apart))

    def explain_headings(self, texts: Texts) -> str:
        """Return what the short headings mean, where there are any."""
        shown = (*self.layout.widths, *self.layout.below)
        brief = [
            texts("report.short_heading", short=column.brief, heading=column.heading)
            for at, column in enumerate(self.columns)
            if at in shown and column.brief and self._heading(at) != column.heading
        ]
        return texts("report.short_headings", headings=tuple(brief)) if brief else ""

    def _heading(self, at: int) -> str:
        """Return the heading of a column as it is shown; below a row it is short."""
        column = self.columns[at]
        is_below = at in self.layout.below
        return column.brief if is_below and column.brief else self.layout.headings[at]

    def _make_table(self, rows: Sequence[Sequence[Text]], *, has_heads: bool = True) -> Table:
        is_unicode = self.console.encoding.startswith("utf")
        table = Table(
            box=SIMPLE_HEAD if is_unicode else _ASCII_HEAD,
            show_edge=False,
            pad_edge=False,
            show_header=has_heads,
            padding=(0, self.layout.gap - 1, 0, 0),
        )
        for at, width in self.layout.widths.items():
            justify: JustifyMethod = "right" if self.columns[at].kind.is_figure else "left"
            heading = Text(self._heading(at))
            table.add_column(heading, justify=justify, overflow="fold", width=width)
        for number, row in enumerate(rows, start=1):
            is_whole = self.ends_in_whole and number == len(self.rows)
            if is_whole:
                table.add_section()
            style = "bold" if row is self.rows[-1] and self.ends_in_whole else ""
            table.add_row(*(row[at] for at in self.layout.widths), style=style)
        return table

    def _lines_below(self, row: Sequence[Text]) -> Iterator[RenderableType]:
        """Yield what stands below a row: texts line by line, figures side by side."""
        lines = [at for at in self.layout.below if self.columns[at].kind in _LINES]
        indent = self._indent()
        wide = max((cell_len(self._heading(at)) for at in lines), default=0)
        figures: list[Text] = []
        for at in self.layout.below:
            if at not in lines:
                if any(each[at].plain not in ("", NO_VALUE) for each in self.rows):
                    figures.append(self._make_item(row, at))
                continue
            yield from _pack_items(figures, self.console.width, indent)
            figures = []
            if row[at].plain not in ("", NO_VALUE):
                grid = Table.grid(padding=(0, _INDENT, 0, 0))
                grid.add_column(style="dim", no_wrap=True, width=wide)
                grid.add_column(overflow="fold")
                grid.add_row(Text(self._heading(at)), row[at])
                yield indent_text(grid, indent)
        yield from _pack_items(figures, self.console.width, indent)

    def _has_long_lines(self) -> bool:
        """Return whether something below a row takes more than a line."""
        width = self.console.width // 2
        return any(cell_len(row[at].plain) > width for row in self.rows for at in self.layout.below)

    def _indent(self) -> int:
        """Return where lines below a row begin; below its name, if its number stands before it."""
        first = next(iter(self.layout.widths), None)
        if first is None or not self.columns[first].kind.is_figure:
            return _INDENT
        return self.layout.widths[first] + self.layout.gap

    def _make_item(self, row: Sequence[Text], at: int) -> Text:
        """Return a figure behind its heading, as wide in every row."""
        width = max(cell_len(each[at].plain) for each in self.rows)
        is_figure = self.columns[at].kind.is_figure
        pad: Callable[[str, int], str] = str.rjust if is_figure else str.ljust
        more = width - cell_len(row[at].plain) + len(row[at].plain)
        value = Text(pad(row[at].plain, more), style=row[at].style)
        return Text.assemble((self._heading(at), "dim"), " ", value)


def _pack_items(items: Sequence[Text], width: int, indent: int) -> Iterator[RenderableType]:
    """Yield lines of as many items as have room; an item breaks only if it has a line's width."""
    line: list[Text] = []
    for item in items:
        taken = sum(cell_len(each.plain) + len(_BETWEEN_ITEMS) for each in line)
        if line and indent + taken + cell_len(item.plain) > width:
            yield indent_text(Text(_BETWEEN_ITEMS).join(line), indent)
            line = []
        line.append(item)
    if line:
        yield indent_text(Text(_BETWEEN_ITEMS).join(line), indent)
