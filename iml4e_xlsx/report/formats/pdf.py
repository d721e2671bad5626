"""Writes the report as PDF: the HTML page, laid out for print; needs the extra `pdf`."""

from __future__ import annotations

from typing import Any

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.formats.html import render_html


def encode_report(contents: Contents) -> bytes:
    """Return the report as PDF."""
    return render_pdf(contents)


def render_pdf(contents: Contents) -> bytes:
    """
    Return the report as PDF: the HTML page, laid out for print.

    Raises:
        ResourceError: If WeasyPrint, or a system library that it needs, is not installed.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise ResourceError(ReportErrorCode.PDF_LIBRARY_MISSING, extra="pdf") from error
    page = weasyprint.HTML(string=render_html(contents, themed=False), url_fetcher=_refuse_url)
    written = page.write_pdf()
    assert written is not None
    return bytes(written)


def has_font() -> bool:
    """Return whether a PDF shows letters here; without any font on the computer it has boxes."""
    import weasyprint

    written = weasyprint.HTML(string="<p>a").write_pdf(uncompressed_pdf=True)
    return b"/BaseFont" in (written or b"")


def _refuse_url(url: str, *_: object, **__: object) -> dict[str, Any]:
    """Refuse what a page asks for: a report needs nothing from outside, whatever it quotes."""
    raise ValueError(url)
