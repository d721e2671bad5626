"""Selects forms of a scheme: the same statements, of which a workbook asks for some only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Area, Scheme
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import message


def select_form(scheme: Scheme, form: str) -> Scheme:
    """
    Return a scheme with the statements of one of its forms; with all of them for an empty name.

    Id and version stay those of the scheme: the answers are answers to its statements.

    Raises:
        SchemeError: If the scheme has no such form.
    """
    whole = scheme.whole or scheme
    if not form:
        return whole
    if form not in whole.forms:
        place, choices = Place(source=whole.id), ", ".join(whole.forms)
        finding = FindingCatalogue(load_texts()).scheme_unknown_key(
            place,
            message("scheme_part.form"),
            form,
            choices or message("scheme_form.no-choice"),
        )
        raise SchemeError([finding])
    return _restrict_scheme(whole, form, frozenset(whole.forms[form]))


def find_form(scheme: Scheme, form: str) -> Scheme:
    """Return a form of a scheme, or the whole scheme where it has no such form."""
    whole = scheme.whole or scheme
    return select_form(whole, form) if form in whole.forms else whole


def join_forms(schemes: Iterable[Scheme]) -> Scheme:
    """
    Return what several forms of one version of a scheme ask for together.

    It is the whole scheme as soon as one of them is.
    """
    forms = list(dict.fromkeys(schemes))
    first = forms[0]
    if first.whole is None or len(forms) == 1:
        return first
    if any(scheme.whole is None for scheme in forms):
        return first.whole
    names = ", ".join(sorted({scheme.form for scheme in forms}))
    ids = frozenset(id_ for scheme in forms for id_ in scheme.statements)
    return _restrict_scheme(first.whole, names, ids)


@lru_cache(maxsize=64)
def _restrict_scheme(scheme: Scheme, form: str, ids: frozenset[str]) -> Scheme:
    """Return the same scheme for the same form, so that what is computed for it is kept."""
    areas = (_restrict_area(area, ids) for area in scheme.areas)
    present = tuple(area for area in areas if area.statements)
    return replace(scheme, areas=present, form=form, whole=scheme)


def _restrict_area(area: Area, ids: frozenset[str]) -> Area:
    statements = tuple(statement for statement in area.statements if statement.id in ids)
    used = {statement.topic for statement in statements}
    topics = {key: heading for key, heading in area.topics.items() if key in used}
    return replace(area, statements=statements, topics=topics)
