"""Reads the forms and roles of a scheme: selections of statements and of areas, each by a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from iml4e_xlsx.model import Area
from iml4e_xlsx.scheme.part_names import PART
from iml4e_xlsx.scheme.rules import list_nearest
from iml4e_xlsx.scheme.yaml_nodes import FindingCollector, YamlFields
from iml4e_xlsx.text.message import Message, message

_NAME: Final = r"[a-z0-9]+(-[a-z0-9]+)*"


def read_forms(
    fields: YamlFields, areas: Sequence[Area], collector: FindingCollector
) -> Mapping[str, tuple[str, ...]]:
    """
    Return the statements of each form, in the order of the scheme.

    Reported is a name that is none, a statement that is unknown or there twice, and an area of
    which a form asks nothing: its results would lack the area.
    """
    forms = {}
    for name in fields.field_names():
        _check_name(fields, name, message("scheme_part.form"), collector)
        if name.partition("-")[0] == PART:
            finding = collector.catalogue.scheme_out_of_range(
                fields.field_place(name),
                message("scheme_part.form"),
                name,
                message("scheme_form.form-name", reserved=PART),
            )
            collector.add_finding(finding)
        ids = _read_ids(fields, name, areas, collector)
        forms[name] = tuple(one.id for area in areas for one in area.statements if one.id in ids)
    return forms


def read_roles(
    fields: YamlFields, areas: Sequence[Area], collector: FindingCollector
) -> Mapping[str, tuple[str, ...]]:
    """
    Return the areas of each role by their codes, in the order of the scheme.

    Reported is a name that is none, a role of no area, and an area that is unknown or there twice.
    """
    roles = {}
    known = tuple(area.code for area in areas)
    for name in fields.field_names():
        part = message("scheme_part.role")
        _check_name(fields, name, part, collector)
        codes = _read_codes(fields, name, known, collector)
        if not codes:
            place, form = fields.field_place(name), message("scheme_form.role-areas")
            collector.add_finding(collector.catalogue.scheme_out_of_range(place, part, name, form))
        roles[name] = tuple(code for code in known if code in codes)
    return roles


def _read_codes(
    fields: YamlFields, name: str, known: Sequence[str], collector: FindingCollector
) -> set[str]:
    codes: set[str] = set()
    for node in fields.list_items(name):
        place, part = fields.place_at(node), message("scheme_part.area-code")
        code = node.value if isinstance(node.value, str) else "?"
        if code not in known:
            nearest = list_nearest(code, tuple(known))
            collector.add_finding(
                collector.catalogue.scheme_unknown_key(place, part, code, nearest)
            )
        elif code in codes:
            collector.add_finding(collector.catalogue.scheme_duplicate(place, part, code))
        codes.add(code)
    return codes


def _check_name(fields: YamlFields, name: str, part: Message, collector: FindingCollector) -> None:
    if not re.fullmatch(_NAME, name):
        place, form = fields.field_place(name), message("scheme_form.id")
        collector.add_finding(collector.catalogue.scheme_wrong_type(place, part, name, form))


def _read_ids(
    fields: YamlFields, name: str, areas: Sequence[Area], collector: FindingCollector
) -> frozenset[str]:
    catalogue, part = collector.catalogue, message("scheme_part.statement-id")
    known = tuple(one.id for area in areas for one in area.statements)
    ids: set[str] = set()
    for node in fields.list_items(name):
        place = fields.place_at(node)
        id_ = node.value if isinstance(node.value, str) else "?"
        if id_ not in known:
            finding = catalogue.scheme_unknown_key(place, part, id_, list_nearest(id_, known))
            collector.add_finding(finding)
        elif id_ in ids:
            collector.add_finding(catalogue.scheme_duplicate(place, part, id_))
        ids.add(id_)
    missing = [
        area.code
        for area in areas
        if area.statements and not any(one.id in ids for one in area.statements)
    ]
    if missing and ids <= set(known):  # an id that is unknown may be the one that is missing
        form = message("scheme_form.form-areas", areas=", ".join(missing))
        place, subject = fields.field_place(name), message("scheme_part.form")
        collector.add_finding(catalogue.scheme_out_of_range(place, subject, name, form))
    return frozenset(ids)
