"""Commands on a campaign's folder: init, build, forget."""

from __future__ import annotations

import os
from contextlib import closing

import click

from iml4e_xlsx.cli.campaign.common import Where, campaign_options, opened, progress
from iml4e_xlsx.cli.common import common_options, language_option, scheme_option, voice
from iml4e_xlsx.text.lists import counted
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--name", required=True, help="What the round is called, in mails and reports.")
@scheme_option
@language_option
@click.option(
    "--database",
    default="",
    metavar="URL",
    help="Keep the record in PostgreSQL: postgresql+psycopg://user@host/database. A file by "
    "default. A password in it is used now and not written down.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Replace rosters, mail texts and a scheme that lie in the folder; a campaign is never "
    "replaced.",
)
@common_options
def init(
    folder: str, *, name: str, scheme_name: str, lang: str | None, database: str, force: bool
) -> None:
    """
    Make the folder of a new campaign.

    It gets commented settings, a roster to fill in, mail texts in English and German, its own
    copy of the scheme, and the record of what happens.

    \b
    Example: iml4e campaign init autumn --name "MLOps assessment, autumn"
    """
    from iml4e_xlsx.campaign.folder.campaign import init_campaign
    from iml4e_xlsx.campaign.folder.clock import current_time

    campaign = init_campaign(
        folder,
        name=name,
        created=current_time(),
        scheme=scheme_name,
        language=lang or "",
        database=database,
        force=force,
    )
    if campaign.settings.language not in campaign.load_scheme().languages:
        voice().say(
            f"The scheme is not in the language {campaign.settings.language}: the mails will be, "
            f"the workbooks will be in {campaign.load_scheme().language}."
        )
    voice().say(
        f"Made the campaign in {campaign.folder}. Next: fill in {campaign.folder}/roster.xlsx (or "
        f"roster.csv), look through {campaign.folder}/campaign.toml, then: iml4e campaign build "
        f"{campaign.folder}"
    )


@click.command()
@click.option(
    "--previous",
    multiple=True,
    metavar="PATH",
    help="Show the result of an earlier round on the radar: a campaign's folder, or returned "
    "workbooks. It is remembered. Can be given again.",
)
@click.option("--no-previous", is_flag=True, help="Show no earlier result any more.")
@campaign_options(positional=True)
@common_options
def build(*, where: Where, previous: tuple[str, ...], no_previous: bool) -> None:
    """
    Make a workbook for each row of the roster.

    What exists and is up to date is not made again; a changed row gets a new one.

    \b
    Example: iml4e campaign build --previous ../spring
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.workbooks import build_campaign
    from iml4e_xlsx.cli.campaign.send_messages import built_said

    if previous and no_previous:
        raise click.UsageError("Choose one: --previous, or --no-previous.")
    with opened(where) as (campaign, record), progress("Workbooks") as advance:
        done = build_campaign(
            campaign,
            record,
            now=current_time(),
            previous=previous or (() if no_previous else None),
            workers=os.cpu_count() or 1,
            progress=lambda _, total: advance(total),
        )
    for line in built_said(done, campaign):
        click.echo(printable_text(line))
    if done.made:
        voice().say("Next: iml4e campaign send")


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@campaign_options(positional=False)
@common_options
def readdress(old: str, new: str, *, where: Where) -> None:
    """
    Give a person another mail address; workbook, answers and mails stay theirs.

    \b
    Example: iml4e campaign readdress ann@old.example ann@example.org
    """
    from iml4e_xlsx.campaign.corrections.readdress import readdress as give
    from iml4e_xlsx.campaign.folder.clock import current_time

    with opened(where) as (campaign, record):
        done = give(campaign, record, old, new, now=current_time())
    mailed = " The invitation, which did not arrive, is to leave anew." if done.invited_anew else ""
    click.echo(
        printable_text(
            f"{done.person.name} is {done.person.mail} now.{mailed} Write it into the roster as "
            "well, then: iml4e campaign build"
        )
    )


@click.command()
@click.argument("mail", metavar="MAIL")
@click.option(
    "--keep-ratings",
    is_flag=True,
    help="Leave the ratings that count, for the team's result, without anything else.",
)
@campaign_options(positional=False)
@common_options
def forget(mail: str, *, where: Where, keep_ratings: bool) -> None:
    """
    Erase a person from roster, files and record.

    \b
    Example: iml4e campaign forget ann@example.org --keep-ratings
    """
    from iml4e_xlsx.campaign.corrections.forget import forget as erase
    from iml4e_xlsx.campaign.folder.clock import current_time

    with opened(where) as (campaign, record):
        done = erase(campaign, record, mail, keep_ratings=keep_ratings, now=current_time())
    ratings = "the ratings stay without a name" if done.ratings_kept else "no rating is left"
    rosters = f", rows in {' and '.join(done.rosters)}" if done.rosters else ""
    click.echo(
        f"Erased: {counted(done.files, 'file', 'files')}{rosters}, and the record's entries; "
        f"{ratings}. Reports, exports and drafts that were written before, the mailbox and "
        "backups are not reached."
    )
    for one in done.of_others:
        click.echo(
            f"{one.handle} was made for them and given to somebody else by hand: it stays, and may "
            "name them."
        )


@click.command("copy-record")
@click.argument("url", metavar="URL")
@campaign_options(positional=False)
@common_options
def copy_record(url: str, *, where: Where) -> None:
    """
    Copy the record to another database, when a file is outgrown; the other one counts then.

    \b
    Example: iml4e campaign copy-record postgresql+psycopg://me@db.example.org/iml4e
    """
    from iml4e_xlsx.campaign.folder.clock import current_time
    from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
    from iml4e_xlsx.campaign.record.connection import Record, relative_url
    from iml4e_xlsx.campaign.record.record_copy import copy_record as copy

    with opened(where) as (campaign, source):
        with closing(Record(url, campaign.settings.id)) as target:
            count = copy(source, target, now=current_time())
        click.echo(
            f"Copied {counted(count, 'row', 'rows')}. To use them, write into "
            f"{campaign.folder / SETTINGS_FILE}, in the place of its line #database = ...:\n\n"
            f'database = "{relative_url(campaign.folder, url)}"\n\n'
            f"The old record, {source.where}, is not used any more; delete it when that works."
        )
