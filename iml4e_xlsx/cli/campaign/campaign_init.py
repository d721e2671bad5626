"""Carries out `iml4e campaign init`."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import language_option, scheme_option
from iml4e_xlsx.cli.options.value_types import WholeNumber
from iml4e_xlsx.cli.voice import common_options, current_voice, usage_error


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--name", required=True, help="Name the round for mails and reports.")
@scheme_option
@language_option
@click.option(
    "--database",
    default="",
    metavar="URL",
    help="Keep the record in PostgreSQL: postgresql+psycopg://user@host/database. By default the "
    "record is a file. A password in the URL is used now but not stored.",
)
@click.option(
    "--anonymous",
    is_flag=True,
    help="Make an anonymous round: it is known who has answered, and never what.",
)
@click.option(
    "--fewest",
    type=WholeNumber(least=2),
    metavar="N",
    help="Promise the people of an anonymous round that no smaller team is shown; by default 5.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Replace rosters, mail texts and the scheme in the folder. This never replaces a "
    "campaign.",
)
@common_options
def init(
    folder: str,
    *,
    name: str,
    scheme_name: str,
    lang: str | None,
    database: str,
    anonymous: bool,
    fewest: int | None,
    force: bool,
) -> None:
    """
    Make the folder of a new campaign.

    The folder contains settings with comments, a roster to fill in, mail texts in English and
    German, a copy of the scheme, and the record of the round.

    In an anonymous round, answers stay in the mailbox until close reads all of them at once. There
    are no receipts, no corrections by hand, no result and no trend of a person.

    \b
    Example: iml4e campaign init autumn --name "MLOps assessment, autumn"
    """
    from iml4e_xlsx.analysis.small_groups import FEWEST_WITHOUT_NAMES
    from iml4e_xlsx.campaign.folder.campaign import init_campaign
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.shared_place import SharedPlace, find_shared_place

    if fewest is not None and not anonymous:
        raise usage_error("fewest_of_named")
    campaign = init_campaign(
        folder,
        name=name,
        created=current_time(),
        scheme=scheme_name,
        language=lang or "",
        database=database,
        fewest=(fewest or FEWEST_WITHOUT_NAMES) if anonymous else None,
        force=force,
    )
    if campaign.settings.language not in campaign.load_scheme().languages:
        current_voice().say(
            "init_language",
            language=campaign.settings.language,
            scheme_language=campaign.load_scheme().language,
        )
    place = find_shared_place(campaign.folder)
    if place is SharedPlace.SYNCHRONISED or (place is not None and not database):
        current_voice().say(f"init_{place.value}", folder=campaign.folder)
    if anonymous:
        current_voice().say("init_anonymous", fewest=campaign.settings.promised_fewest)
    current_voice().say("init_done", folder=campaign.folder)
