"""Import a file of one feed, or a folder of files with a manifest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np

from arrears import rulepacks
from arrears.actions.feeds.columns import read_feed_mapping
from arrears.actions.feeds.declaring import Declared
from arrears.actions.feeds.deliveries import Delivery, Options
from arrears.actions.feeds.manifest import read_manifest
from arrears.actions.feeds.reading.files import File
from arrears.actions.feeds.registry import FEEDS, get_feed
from arrears.actions.feeds.reports import DeliveryReport
from arrears.actions.importing.mapping import find_mapping
from arrears.actions.lenders import Lender, get_lender
from arrears.kernel.days import date_of, instant_of
from arrears.kernel.errors import BadInput


def import_feed(
    *,
    feed: str,
    file: Path,
    mapping: str | None,
    lender: str | int | None,
    is_full: bool = False,
    complete_through_on: date | None = None,
    contacts_known_from_on: date | None = None,
    rejects_to: Path | None = None,
    options: Options = Options(),  # noqa: B008 - it cannot be changed
    actor: str,
    at: datetime,
) -> DeliveryReport:
    """Read one file of a feed and store it.

    mapping      a shipped mapping's name or a path; None when the header has the feed's own names
    rejects_to   a CSV file of every bad field, replaced

    Raises BadInput for a file or mapping that cannot be used at all, NotFound for the lender,
    Conflict when the file changes while it is read.
    """
    definition = get_feed(feed)
    read = read_feed_mapping(find_mapping(mapping), definition) if mapping is not None else None
    through_on = complete_through_on or (read.payments_complete_through_on if read else None)
    whole = File(definition, file, str(file), read, is_full)
    return _delivery(
        [whole],
        Declared(complete_through_on=through_on, contacts_known_from_on=contacts_known_from_on),
        replace(options, rejects_of=lambda _: rejects_to),
        lender=lender,
        actor=actor,
        at=at,
    ).run()


def import_folder(
    *,
    folder: Path,
    lender: str | int | None,
    complete_through_on: date | None = None,
    contacts_known_from_on: date | None = None,
    rejects_in: Path | None = None,
    options: Options = Options(),  # noqa: B008 - it cannot be changed
    actor: str,
    at: datetime,
) -> DeliveryReport:
    """Read the files that a folder's manifest names, and store all of them or none.

    rejects_in   a folder, made if need be, for one CSV file of bad fields per file of the delivery

    Raises what `import_feed` does, and BadInput for a manifest that cannot be followed.
    """
    manifest = read_manifest(folder)
    declared = manifest.declared
    if complete_through_on is not None:
        declared = replace(declared, complete_through_on=complete_through_on)
    if contacts_known_from_on is not None:
        declared = replace(declared, contacts_known_from_on=contacts_known_from_on)
    order = list(FEEDS)
    files = sorted(manifest.files, key=lambda file: order.index(file.feed.name))
    return _delivery(
        files,
        declared,
        replace(options, rejects_of=lambda file: _rejects_path(rejects_in, file)),
        lender=lender,
        actor=actor,
        at=at,
    ).run()


def _rejects_path(folder: Path | None, file: File) -> Path | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "import.rejects_unwritable",
            f"{folder}: the folder for rejects cannot be made: {error.strerror}.",
            hint="Nothing was imported. Give --rejects a folder you may write to.",
            file=str(folder),
        ) from None
    return folder / f"{file.shown.replace('/', '-')}.rejects.csv"


def _delivery(
    files: list[File],
    declared: Declared,
    options: Options,
    *,
    lender: str | int | None,
    actor: str,
    at: datetime,
) -> Delivery:
    owner = get_lender(lender)
    today = business_day(owner, at)
    declared.check(today)
    return Delivery(owner, files, declared, options, today, actor, at)


def business_day(lender: Lender, at: datetime) -> date:
    """The civil day it is at the lender."""
    return date_of(int(rulepacks.ZONES[lender.zone].day(np.array([instant_of(at)]))[0]))
