"""Areas and levels that do not apply: no figure or note speaks of them as of others."""

from __future__ import annotations

from iml4e_xlsx.analysis.team_roadmap import plan_roadmap
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.tables.comparison_tables import area_tables
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.report.tables.standing import standing_table
from iml4e_xlsx.report.tables.team_tables import roadmap_table
from tests.support.builders import assessment

NA: RatingValue = "n/a"


def made(
    scheme: Scheme, team: str = "Alpha", *, targets: dict[str, int] | None = None
) -> Assessment:
    """Return answers: AA does not apply, of BB levels 3 and 4 do not, all else is fully met."""
    ratings: dict[str, RatingValue | None] = {}
    for area in scheme.areas:
        for statement in area.statements:
            is_out = area.code == "AA" or (area.code == "BB" and statement.level > 2)
            ratings[statement.id] = NA if is_out else 3
    return assessment(scheme, ratings, team=team, targets=targets)


def roadmap_note(one: Assessment) -> str:
    return roadmap_table(plan_roadmap(one.result, one.scheme), "Alpha").note


def test_a_target_where_nothing_applies_is_no_missing_target(small: Scheme) -> None:
    """A dash is said to mean that there is no target; the way is n/a if no target applies."""
    aimed = make_contents([made(small, targets={"AA": 3, "BB": 3}), made(small, "Beta")]).comparison
    alone = make_contents([made(small, targets={"AA": 3})]).comparison

    steps = area_tables(aimed)[-1]

    assert [str(value) for value in steps.rows[0]] == ["Alpha", "n/a", "0", "None"]
    assert steps.rows[1] == ("Beta", None, None, None)
    assert "n/a where nothing applies" in steps.note
    assert overview_table(alone).rows[0][5] == "n/a (1 of 3)"
    assert overview_table(aimed).rows[0][5] == 1
    areas = aimed.teams[0].result.areas
    assert standing_table("Alpha", areas, small).rows[0][-2:] == ("n/a", "n/a")


def test_no_target_is_not_a_target_reached(small: Scheme) -> None:
    """Without any target, "every area with a target has reached it" said nothing, as if it did."""
    assert "reached" not in roadmap_note(made(small))
    assert roadmap_note(made(small)).startswith("No target was set for")
    assert "has reached it" in roadmap_note(made(small, targets={"CC": 3}))


def test_no_steps_lead_where_none_are_left(small: Scheme) -> None:
    """The target of BB means level 2, which is reached: no steps lead there."""
    note = roadmap_note(made(small, targets={"BB": 3}))

    assert "the target 3 means level 2" in note
    assert "steps lead" not in note.replace("so no steps lead there", "")
