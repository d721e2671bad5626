"""Makes workbooks to order: with profile, targets, previous answers or a previous result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from iml4e_xlsx.analysis.decisive_statements import find_decisive_statements
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Answer, Assessment, Profile, Response, Result, RoundNotice, Scheme
from iml4e_xlsx.output import check_folder, check_target, write_output
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.roster import read_roster
from iml4e_xlsx.scheme.forms import find_form
from iml4e_xlsx.scheme.versions import carry_response, report_outside
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.builder import WORKBOOK_SUFFIXES, blank_response, build_workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookOrder:
    """
    The contents of a workbook to be made.

    `scheme` may be a form of one, with some of its statements only. `prefill` are the paths of
    returned workbooks whose answers are copied, a later one's over those of the earlier. `previous`
    is the path of one whose result is shown beside the new one. With `next_only`, the workbook asks
    for what can still change a level, and is a later version of the last one of `prefill`: it has
    its id, and all that it says. `schemes` are those that these workbooks may belong to; by
    default the installed ones. `notice` is what the first sheet says about the round.
    """

    scheme: Scheme
    profile: Profile = field(default_factory=Profile)
    targets: Mapping[str, int] = field(default_factory=dict)
    prefill: str | Sequence[str] = ()
    previous: str | None = None
    next_only: bool = False
    notice: RoundNotice = field(default_factory=RoundNotice)
    schemes: Schemes | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


def make_workbook(
    order: WorkbookOrder,
    target: str | Path,
    *,
    force: bool = False,
    tell_doubt: Callable[[Finding], None] = lambda _finding: None,
) -> tuple[str, ...]:
    """
    Make one workbook, and return the statements that it asks for.

    Where nothing that it could ask for changes a level, none is made. `tell_doubt` is called with
    each finding about answers of a previous workbook that could not be taken as they are.

    Raises:
        OutputNameError: If the target is a folder, or its suffix is not that of a workbook.
        OutputExistsError: If the target exists and `force` is not set.
        WorkbookReadError: If a previous workbook cannot be read.
        WorkbookWriteError: If the workbook cannot be written.
    """
    check_target(target, force=force, suffixes=WORKBOOK_SUFFIXES)
    response, previous = _read_previous(order, tell_doubt)
    asked = tuple(order.scheme.statements)
    if order.next_only:
        asked = find_decisive_statements(score(response, order.scheme), order.scheme)
    if asked:
        write_output(target, _build(order, response, previous, asked), force=force)
    return asked


def make_roster_workbooks(
    order: WorkbookOrder,
    roster: Path,
    folder: Path,
    *,
    force: bool = False,
    tell_doubt: Callable[[Finding], None] = lambda _finding: None,
) -> tuple[Path, ...]:
    """
    Make a workbook for each row of a roster, in a folder that is made if needed.

    The order fills in the cells that a row leaves empty. `tell_doubt` is called with each finding
    about a roster that can be used, and about answers that could not be taken as they are.

    Raises:
        OutputNameError: If a file stands where the folder is to be.
        OutputExistsError: If any of the files exists and `force` is not set; none is written.
        RosterError: If the roster cannot be read or holds a mistake; none is written.
        WorkbookReadError: If a previous workbook cannot be read.
        WorkbookWriteError: If a workbook cannot be written.
    """
    check_folder(folder)
    base, previous = _read_previous(order, tell_doubt)
    # Before the rows are checked: what fills in their empty cells can make two people one.
    rows = read_roster(roster, order.scheme, defaults=base.profile)
    paths = [folder / row.file_name for row in rows]
    for finding in rows.findings:
        tell_doubt(finding)
    for path in paths:
        check_target(path, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    for row, path in zip(rows, paths, strict=True):
        part = (
            order if row.part is None else replace(order, scheme=find_form(order.scheme, row.part))
        )
        response = replace(
            base,
            profile=_merge_profiles(row.profile, base.profile),
            targets={**base.targets, **row.targets},
            answers={
                id_: base.answers.get(id_, Answer(statement=id_)) for id_ in part.scheme.statements
            },
        )
        write_output(path, _build(part, response, previous), force=force)
    return tuple(paths)


def _build(
    order: WorkbookOrder,
    response: Response,
    previous: Result | None,
    asked: Sequence[str] = (),
) -> bytes:
    return build_workbook(
        order.scheme,
        created=order.created,
        response=response,
        previous=previous,
        identity=response.workbook_id or None,
        notice=order.notice,
        shown=asked if order.next_only else None,
    )


def _merge_profiles(profile: Profile, fallback: Profile) -> Profile:
    """Return a profile, its empty fields filled from another."""
    values = profile.values.items()
    return Profile(**{name: value or fallback.values[name] for name, value in values})


def _read_previous(
    order: WorkbookOrder, tell_doubt: Callable[[Finding], None]
) -> tuple[Response, Result | None]:
    """Return the response to start from, and the previous result to compare with."""
    blank = blank_response(order.scheme, profile=order.profile, targets=order.targets)
    paths = [order.prefill] if isinstance(order.prefill, str) else order.prefill
    if not paths and order.previous is None:
        return blank, None
    with WorkbookReader(order.schemes) as reader:
        response = blank
        for path in paths:
            given = _take_response(reader.assess(path), order.scheme, tell_doubt)
            known_targets = response.targets
            start = replace(response, targets=order.targets)
            response = copy_answers(given, start)
            response = replace(response, targets={**known_targets, **response.targets})
            if order.next_only:
                response = _continue_response(given, response)
        previous = None
        if order.previous is not None:
            previous = reader.assess(order.previous).result
    return response, previous


def _take_response(
    assessment: Assessment, scheme: Scheme, tell_doubt: Callable[[Finding], None]
) -> Response:
    """Return the response of a workbook, carried to the scheme; tell what it loses on the way."""
    for finding in assessment.findings:
        if finding.severity is Severity.ERROR:
            tell_doubt(finding)
    # Of two forms of one version, nothing is new and nothing has changed.
    new, old = scheme.whole or scheme, assessment.scheme.whole or assessment.scheme
    catalogue = FindingCatalogue(scheme_texts(new))
    response = assessment.response
    if (new.id, new.version) != (old.id, old.version):
        response, changes = carry_response(response, old, new, catalogue)
        for finding in changes:
            tell_doubt(finding)
    outside = report_outside(response, scheme, catalogue)
    if outside is not None:
        tell_doubt(outside)
    return response


def _continue_response(previous: Response, response: Response) -> Response:
    """
    Return a response that takes the place of a previous one when it comes back.

    It is another version of the same workbook, so it has its id; and what the previous one says
    must not be lost when it no longer counts.
    """
    return replace(
        response,
        workbook_id=previous.workbook_id or response.workbook_id,
        estimates={**response.estimates, **previous.estimates},
    )


def copy_answers(previous: Response, blank: Response) -> Response:
    """
    Return a response with the previous answers to the statements that both have.

    What the previous one leaves open stays as it is.
    """
    answers = {
        id_: _copy_answer(previous.answers.get(id_, answer), answer)
        for id_, answer in blank.answers.items()
    }
    # Whoever answers now enters a date of their own; the previous one would pass for it.
    profile = replace(_merge_profiles(blank.profile, previous.profile), date="")
    return replace(
        blank,
        answers=answers,
        profile=profile,
        targets={**previous.targets, **blank.targets},
    )


def _copy_answer(previous: Answer, answer: Answer) -> Answer:
    # Somebody who did not know, or was not asked this time, takes no answer away.
    is_kept = previous.is_open and answer.rating is not None
    rating = answer.rating if is_kept else previous.rating
    return answer._replace(rating=rating, evidence=previous.evidence or answer.evidence)
