"""Carries a response to another version of its scheme, by statement id."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Response, Scheme
from iml4e_xlsx.text.lists import list_names

_MOST_LISTED = 12
"""How many new statements a finding lists."""


def carry_response(
    response: Response, old: Scheme, new: Scheme, catalogue: FindingCatalogue
) -> tuple[Response, list[Finding]]:
    """
    Carry a response to the new version; report every difference that it meets.

    A statement of both versions keeps its answer, also if its words or its level changed, since
    an id never changes its meaning. A rating that the new scale lacks is not carried.
    """
    place = Place(source=response.source)
    findings = [
        *_report_dropped(response, old, new, catalogue),
        *(
            finding
            for id_ in new.statements
            if id_ in old.statements
            for finding in _report_changes(response, old, new, id_, catalogue)
        ),
    ]
    added = [id_ for id_ in new.statements if id_ not in old.statements]
    if added:
        names = list_names(added, _MOST_LISTED)
        findings.append(catalogue.carried_added(place, len(added), new.version, names))
    values = {rating.value for rating in new.ratings}
    codes = {area.code for area in new.areas}
    levels = {level.number for level in new.levels}
    answers = {}
    for id_ in new.statements:
        answer = response.answers.get(id_, Answer(statement=id_))
        answers[id_] = answer if answer.rating in values else answer._replace(rating=None)
    return replace(
        response,
        scheme=new.id,
        version=new.version,
        answers=answers,
        targets={c: n for c, n in response.targets.items() if c in codes and n in levels},
        estimates={c: n for c, n in response.estimates.items() if c in codes and n in levels},
    ), findings


def report_outside(response: Response, form: Scheme, catalogue: FindingCatalogue) -> Finding | None:
    """Report the answers that a form of their scheme has no place for; None if there are none."""
    left = [
        id_
        for id_, answer in response.answers.items()
        if id_ not in form.statements and (answer.rating is not None or answer.evidence)
    ]
    if not left:
        return None
    names = list_names(left, _MOST_LISTED)
    return catalogue.carried_outside(Place(source=response.source), len(left), form.form, names)


def _report_dropped(
    response: Response, old: Scheme, new: Scheme, catalogue: FindingCatalogue
) -> list[Finding]:
    """Report the ratings of statements that the new version lacks."""
    return [
        catalogue.carried_dropped(
            answer.place or Place(source=response.source),
            id_,
            old.label(answer.rating),
            new.version,
        )
        for id_, answer in response.answers.items()
        if id_ not in new.statements and answer.rating is not None
    ]


def _report_changes(
    response: Response, old: Scheme, new: Scheme, id_: str, catalogue: FindingCatalogue
) -> list[Finding]:
    """Report the changes of a statement that has a rating."""
    answer = response.answers.get(id_)
    if answer is None or answer.rating is None:
        return []
    place = answer.place or Place(source=response.source)
    before, after = old.statements[id_], new.statements[id_]
    findings = []
    if before.text != after.text:
        findings.append(catalogue.carried_reworded(place, id_, before.text, after.text))
    if before.level != after.level:
        findings.append(catalogue.carried_level(place, id_, before.level, after.level))
    if answer.rating not in {rating.value for rating in new.ratings}:
        label = old.label(answer.rating)
        findings.append(catalogue.carried_rating(place, id_, label, ", ".join(new.labels)))
    return findings
