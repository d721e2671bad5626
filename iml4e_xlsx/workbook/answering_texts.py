"""Says how a workbook is filled in: the same on its first sheet and in the guide."""

from __future__ import annotations

from collections.abc import Collection

from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, RoundNotice, Scheme
from iml4e_xlsx.scheme.answering_time import describe_minutes, estimate_minutes
from iml4e_xlsx.scheme.forms import is_part
from iml4e_xlsx.text.days import describe_day
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, CoverSheet, Layout


def notice_lines(
    scheme: Scheme, notice: RoundNotice, texts: Texts, shown: Collection[str] | None = None
) -> list[str]:
    """
    Return what the form is, the time needed and, if known, the deadline and the contact.

    Args:
        scheme: The scheme, or a form of it.
        notice: What is known about the round.
        texts: The texts of the interface.
        shown: The statements that the workbook asks for; all by default.
    """
    lines = [describe_form(scheme, texts)] if scheme.form else []
    if shown is not None:
        lines.append(texts("cover.next", count=len(shown)))
    lines.append(texts("cover.time", time=describe_minutes(estimate_minutes(scheme, shown))))
    if notice.deadline is not None:
        lines.append(texts("cover.deadline", day=describe_day(notice.deadline)))
    if notice.contact:
        lines.append(texts("cover.contact", contact=notice.contact))
    return lines


def describe_form(scheme: Scheme, texts: Texts) -> str:
    """Say of how many statements a form is, and how far its figures can be trusted."""
    whole = scheme.whole or scheme
    count, total = len(scheme.statements), len(whole.statements)
    if is_part(scheme):
        areas = ", ".join(area.short for area in scheme.areas)
        return texts("cover.part", areas=areas, count=count, total=total)
    return texts("cover.form", form=scheme.form, count=count, total=total)


def answering_steps(scheme: Scheme, layout: Layout, texts: Texts) -> list[str]:
    """Return the steps in which a workbook is filled in and sent back."""
    areas = [area for area in layout.areas.values() if area.shown_rows]
    values = {
        "cover": layout.cover.sheet,
        "areas": len(areas),
        "first": areas[0].sheet,
        "last": areas[-1].sheet,
        "lowest": scheme.scale[0],
        "highest": scheme.scale[-1],
        "not_applicable": scheme.label(NOT_APPLICABLE),
        "summary": layout.summary.sheet,
        "guidance": texts("cover.step_guidance") if has_guidance_by_rating(scheme) else "",
        "instruction": scheme.instruction,
        "order": "" if _are_numbers_in_order(areas) else texts("cover.step_order"),
        "cannot": texts("cover.step_cannot"),
    }
    if any(rating.value == DONT_KNOW for rating in scheme.ratings):
        label = scheme.label(DONT_KNOW)
        values["cannot"] = texts("cover.step_cannot_unknown", unknown=label)
    steps = range(1, CoverSheet.STEPS + 1)
    # A part that a scheme does not have leaves its space.
    return [" ".join(texts(f"cover.step_{number}", **values).split()) for number in steps]


def _are_numbers_in_order(areas: Collection[AreaSheet]) -> bool:
    """Return whether the numbers of the statements ascend on each of the sheets."""
    return all(list(area.rows) == sorted(area.rows) for area in areas)


def has_guidance_by_rating(scheme: Scheme) -> bool:
    """Return whether statements say what each rating means for them, which then stands in notes."""
    return any(statement.guidance.steps for statement in scheme.statements.values())
