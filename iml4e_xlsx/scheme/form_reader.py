"""Reads the forms of a scheme: selections of its statements, each by a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from iml4e_xlsx.model import Area
from iml4e_xlsx.scheme.rules import list_nearest
from iml4e_xlsx.scheme.yaml_nodes import FindingCollector, YamlFields
from iml4e_xlsx.text.message import message

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
        if not re.fullmatch(_NAME, name):
            finding = collector.catalogue.scheme_wrong_type(
                fields.field_place(name),
                message("scheme_part.form"),
                name,
                message("scheme_form.id"),
            )
            collector.add_finding(finding)
        ids = _read_ids(fields, name, areas, collector)
        forms[name] = tuple(one.id for area in areas for one in area.statements if one.id in ids)
    return forms


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
