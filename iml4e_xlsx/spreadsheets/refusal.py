"""Defines the verdict on a file that is not read: a failure's code, a reason, a kind of content."""

from __future__ import annotations

from enum import StrEnum

from iml4e_xlsx.findings.failure import FailureCode


class RefusalReason(StrEnum):
    """
    Why a file is refused, in more detail than the failure's code; the words stand under `reason`.

    The first group exceeds a limit, whose amount is the value `limit`.
    """

    SIZE = "size"  #: The file has too many bytes.
    INFLATED = "inflated"  #: The parts of a workbook inflate to too many bytes.
    RATIO = "ratio"  #: A part inflates to many times its size, as those of a zip bomb do.
    PARTS = "parts"  #: A workbook consists of too many parts.
    SHEETS = "sheets"  #: A workbook has too many sheets.
    CELLS = "cells"  #: A sheet holds too many cells.
    STRINGS = "strings"  #: The table of texts claims too many entries.
    TEXT = "text"  #: A cell holds too many characters.
    MERGED = "merged"  #: A sheet has too many merged ranges.
    NESTING = "nesting"  #: The elements of a part lie too deep in each other.
    MEMBERS = "members"  #: A zip holds too many files.
    ZIPS = "zips"  #: Zips lie too deep in zips.
    ARCHIVE = "archive"  #: The files of a zip inflate to too many bytes.
    ALL_MEMBERS = "all-members"  #: The zips and mails within a path hold too many files.
    ALL_BYTES = "all-bytes"  #: The zips and mails within a path inflate to too many bytes.
    ALL_WORKBOOKS = "all-workbooks"  #: A path holds too many workbooks for its size.
    ALL_STOPS = "all-stops"  #: The parser was stopped at too many other files within the path.
    ALL_TIME = "all-time"  #: Slow files within the path used up the time that they share.
    ATTACHMENTS = "attachments"  #: A mail has too many texts and attachments.
    MULTIPARTS = "multiparts"  #: The parts of a mail lie too deep in each other.
    MAILS = "mails"  #: Mails lie too deep in mails.
    ENTRIES = "entries"  #: The directory of an OLE file has too many entries.
    TIME = "time"  #: The parsing process computed for too long.
    HUNG = "hung"  #: The parsing process did not answer, computing or not.

    MEMORY = "memory"  #: The parsing process ran out of the memory that a file may take.
    PARSER_DIED = "parser-died"  #: A parser aborted its process, or failed in a way of its own.
    ODD_ANSWER = "odd-answer"  #: The parsing process answered with what is no workbook.
    KILLED = "killed"  #: Something outside ended the parsing process.

    ARCHIVE_DAMAGED = "archive-damaged"  #: The zip cannot be opened or a member not inflated.
    ATTACHMENT_DAMAGED = "attachment-damaged"  #: An attachment's encoding broke on its way.
    PART_TWICE = "part-twice"  #: Two parts have the same name, so readers differ in what they see.
    PART_MISSING = "part-missing"  #: A part that the format requires is not there.
    LONGER_THAN_SAID = "longer-than-said"  #: More bytes follow than the header announces.
    ENCODING = "encoding"  #: An encoding in which declarations of entities could hide.
    ENTITIES = "entities"  #: A part declares XML entities, which can grow without end.
    MARKUP = "markup"  #: A part is no valid XML.
    ATTRIBUTE = "attribute"  #: An attribute that has to be a number is none.
    CONTAINER = "container"  #: The structure around the content cannot be followed.
    NO_ROOT = "no-root"  #: An OLE file has no root storage.
    SWALLOWED = "swallowed"  #: A mail in a mailbox seems to hold another one, which was not read.
    NO_MAIL = "no-mail"  #: An attachment that is said to be a mail holds none.
    CUT_OFF = "cut-off"  #: A record ends before its announced length.
    NO_SHEETS = "no-sheets"  #: A workbook has no sheet.


class ContentKind(StrEnum):
    """Kinds of content that are not read as a workbook; the words stand under `kind`."""

    TEXT = "text"  #: Text without separators.
    CSV = "csv"  #: Lines with separators; one sheet at most.
    PDF = "pdf"  #: A PDF document.
    IMAGE = "image"  #: A photo or a screenshot.
    ZIP = "zip"  #: A zip that holds files and is no document of its own.
    ARCHIVE = "archive"  #: Another packed archive, which is not opened.
    DOCUMENT = "document"  #: A text document or a presentation.
    NUMBERS = "numbers"  #: A document of Apple Numbers, which can export .xlsx.
    FODS = "fods"  #: OpenDocument as a single XML file.
    SPREADSHEET_XML = "spreadsheet-xml"  #: Excel 2003's single XML file.
    XML = "xml"  #: Other XML.
    HTML = "html"  #: A web page, also one that is called .xls.
    MAIL = "mail"  #: A mail under a name that does not end in .eml.
    UNKNOWN = "unknown"  #: Bytes of which nothing is known.


class FileRefusal(Exception):  # noqa: N818 - it is the verdict, not a fault
    """
    The verdict that a file is not read.

    `code` is the failure's code; `reason` says more, its text is filled in from `values`; `kind`
    says what the file is where it is something else than a workbook.
    """

    def __init__(
        self,
        code: FailureCode,
        reason: RefusalReason | None = None,
        *,
        kind: ContentKind | None = None,
        **values: object,
    ) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
        self.kind = kind
        self.values = values
