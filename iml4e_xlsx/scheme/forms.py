"""
Selects forms and parts of a scheme: the same statements, of which a workbook asks for some only.

A form is listed in the scheme and asks for something in every area; a part is what one person is
asked for, of whole areas or single statements, and is named by what it holds (`part_names`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache

from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Area, Scheme
from iml4e_xlsx.scheme.part_names import name_part, read_tokens, split_name
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
        if (part := _find_part(whole, form)) is not None:
            return part
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
    """Return a form or part of a scheme, or the whole scheme where it has no such form."""
    whole = scheme.whole or scheme
    if form in whole.forms:
        return select_form(whole, form)
    return _find_part(whole, form) or whole


def select_part(base: Scheme, statements: Collection[str]) -> Scheme:
    """
    Return the part of a scheme or form that has these statements; itself if these are all.

    Raises:
        ValueError: If none of the statements is one of the scheme's.
    """
    return find_form(base, name_part(base, statements))


def is_part(scheme: Scheme) -> bool:
    """Return whether a scheme is what one person is asked for: no form may be named like that."""
    return next(split_name(scheme.form), None) is not None


def detach_part(part: Scheme) -> Scheme:
    """
    Return a part as a form that the scheme lists; any other scheme as it is.

    So it stands for itself, as in the result of one person: others have the rest, and of that
    person it is not open.
    """
    if part.whole is None or not is_part(part):
        return part
    forms = {**part.whole.forms, part.form: tuple(part.statements)}
    return select_form(replace(part.whole, forms=forms), part.form)


def base_of(scheme: Scheme) -> Scheme:
    """Return what a part is a part of, a form or the whole scheme; a form or scheme itself."""
    whole = scheme.whole
    if whole is None or scheme.form in whole.forms:
        return scheme
    for tokens, form in split_name(scheme.form):
        base = find_form(whole, form)
        if base.form == form and read_tokens(tokens, base.areas) is not None:
            return base
    return scheme  # several forms that were joined


def carry_form(scheme: Scheme, newer: Scheme) -> Scheme:
    """
    Return in another version of a scheme what a form or part of it asks for.

    Whole areas stay whole areas; of an area in which somebody was asked for some statements, it is
    those that are still there.
    """
    whole, base = newer.whole or newer, base_of(scheme)
    if base is scheme:
        return find_form(whole, scheme.form)
    new_base = find_form(whole, base.form)
    asked = {code for code, area in _areas_of(base).items() if area == _areas_of(scheme).get(code)}
    ids = {
        statement.id
        for area in new_base.areas
        for statement in area.statements
        if area.code in asked or statement.id in scheme.statements
    }
    return select_part(new_base, ids) if ids else new_base


def _areas_of(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    return {
        area.code: tuple(statement.id for statement in area.statements) for area in scheme.areas
    }


def _find_part(whole: Scheme, name: str) -> Scheme | None:
    """Return the part of a name; None if it is none, or of something that the scheme lacks."""
    for tokens, form in split_name(name):
        if form and form not in whole.forms:
            continue
        base = select_form(whole, form)
        ids = read_tokens(tokens, base.areas)
        if ids is not None:
            return _restrict_scheme(whole, name, ids)
    return None


def join_forms(schemes: Iterable[Scheme]) -> Scheme:
    """
    Return what several forms of one version of a scheme ask for together.

    It is the whole scheme as soon as one of them is. A part counts as what it is a part of: the
    others of a team have the rest, and what nobody has is open.
    """
    forms = list(dict.fromkeys(map(base_of, schemes)))
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
