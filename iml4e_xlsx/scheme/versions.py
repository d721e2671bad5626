"""Carries a response to another version of its scheme, by statement id."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Response, Scheme

_LISTED = 12


def carry_response(
    response: Response, old: Scheme, new: Scheme, make: FindingCatalogue
) -> tuple[Response, list[Finding]]:
    """
    Return a response to the new version, and findings for all that differs between the two.

    A statement that both have keeps its answer, also where its words or its level changed, since
    an id never changes its meaning. A rating that the new scale does not have is not carried.
    """
    at = Place(source=response.source)
    findings = [
        *_dropped(response, old, new, make),
        *(
            finding
            for id_ in new.statements
            if id_ in old.statements
            for finding in _changed(response.answers.get(id_), old, new, id_, make, at)
        ),
    ]
    added = [id_ for id_ in new.statements if id_ not in old.statements]
    if added:
        more = ", …" if len(added) > _LISTED else ""
        listed = ", ".join(added[:_LISTED]) + more
        findings.append(make.carried_added(at, len(added), new.version, listed))
    values = {rating.value for rating in new.ratings}
    codes = {area.code for area in new.areas}
    levels = {level.number for level in new.levels}
    answers = {}
    for id_ in new.statements:
        answer = response.answers.get(id_, Answer(statement=id_))
        answers[id_] = answer if answer.rating in values else replace(answer, rating=None)
    return replace(
        response,
        scheme=new.id,
        version=new.version,
        answers=answers,
        targets={c: n for c, n in response.targets.items() if c in codes and n in levels},
        estimates={c: n for c, n in response.estimates.items() if c in codes and n in levels},
    ), findings


def _dropped(response: Response, old: Scheme, new: Scheme, make: FindingCatalogue) -> list[Finding]:
    return [
        make.carried_dropped(
            answer.place or Place(source=response.source),
            id_,
            old.label(answer.rating),
            new.version,
        )
        for id_, answer in response.answers.items()
        if id_ not in new.statements and answer.rating is not None
    ]


def _changed(
    answer: Answer | None, old: Scheme, new: Scheme, id_: str, make: FindingCatalogue, at: Place
) -> list[Finding]:
    """Return what changed about a statement that has a rating."""
    if answer is None or answer.rating is None:
        return []
    place = answer.place or at
    before, now = old.statements[id_], new.statements[id_]
    findings = []
    if before.text != now.text:
        findings.append(make.carried_reworded(place, id_, before.text, now.text))
    if before.level != now.level:
        findings.append(make.carried_level(place, id_, before.level, now.level))
    if answer.rating not in {rating.value for rating in new.ratings}:
        label = old.label(answer.rating)
        findings.append(make.carried_rating(place, id_, label, ", ".join(new.labels)))
    return findings
