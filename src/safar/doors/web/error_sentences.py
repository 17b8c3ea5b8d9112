"""A sentence for each error code, for people who did not write the code.

The library's own words are exact and English; these say in the reader's language what it means. A test walks every
code of every error class of Safar and finds its sentence in three languages.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final, cast

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "backup.damaged": _("The backup is not what was written: it is damaged."),
    "backup.missing": _("There is no finished backup in this folder."),
    "backup.target_refused": _("A backup cannot be written there."),
    "backup.too_new": _("A newer version of Safar wrote this backup. Update first."),
    "calendar.no_such_date": _("The calendar has no such day."),
    "calendar.out_of_range": _("The calendar does not reach that day."),
    "calendar.unknown": _("There is no such calendar here. Choose Gregorian, Jalali or Hijri."),
    "calendar.unknown_period": _("There is no such period. Choose day, week, month, quarter or year."),
    "changes.impossible_rate": _("A rate of false alarms lies between 0 and 1."),
    "cli.customer_unknown": _("No customer is known by this id; nothing was erased."),
    "cli.demo_differs": _("This folder holds another simulated shop, or something that is no demo."),
    "cli.demo_mark_unreadable": _(
        "The note of what the demo was filled with cannot be read. Delete its folder."
    ),
    "cli.draft_not_agreed": _("Nothing was imported: the proposed reading of the file was not confirmed."),
    "cli.erase_not_confirmed": _("Nothing was erased: the customer's id was not repeated exactly."),
    "cli.forget_not_confirmed": _("Nothing was forgotten: forgetting old events was not confirmed."),
    "cli.workspace_unclear": _("There are several workspaces. Say which one is meant."),
    "database.address_refused": _("SAFAR_DATABASE_URL does not name a database that can be used."),
    "database.driver_missing": _("PostgreSQL is asked for, and its driver is not installed."),
    "database.not_empty": _("Restored tables wait for an empty database, and this one has members."),
    "database.tables_unreadable": _("The file of app tables is damaged."),
    "database.unreachable": _("The database does not answer or does not let Safar in."),
    "date.ambiguous": _("This reads as two different dates. Say in which order day, month and year stand."),
    "date.other_calendar": _("This date is written in another calendar than the one chosen."),
    "date.too_far": _(
        "This date lies outside the Gregorian years 1900 to 2200. Check which calendar it is written in."
    ),
    "date.unknown_layout": _("There is no such order of day, month and year."),
    "date.unreadable": _("This is not a date that can be read."),
    "demo.naive_instant": _("The end of the history needs a time zone."),
    "demo.unknown_experience": _("There is no such experience in the simulated company."),
    "demo.unknown_size": _("The simulated company does not come in this size."),
    "duration.unreadable": _(
        "This is not a length of time. Write a number with its unit, such as 30m or 7d."
    ),
    "email.unreadable": _("This is not an e-mail address."),
    "erasure.incomplete": _("A trace of the person is still there. Run the erasure again."),
    "event.amount_unreadable": _("The amount of an event cannot be read as a number."),
    "event.columns_mismatch": _("The columns of a batch of events differ in length."),
    "event.in_future": _("An event lies too far in the future. Check the clock of the sender."),
    "event.invalid_id": _("The id of an event is empty or too long."),
    "event.invalid_text": _("A text of an event holds characters that cannot be kept."),
    "event.malformed": _("A field of an event has the wrong type."),
    "event.no_customer": _("An event does not say whose it is."),
    "event.no_group_id": _("A group event does not name its group."),
    "event.no_name": _("An event has no name: it does not say what happened."),
    "event.no_previous_id": _("An alias event does not name the earlier id."),
    "event.properties_not_object": _("The properties of an event are not an object of names and values."),
    "event.rejected": _("An event was not accepted."),
    "event.text_refused": _("A text holds characters that cannot be kept."),
    "event.timestamp_unreadable": _("The time of an event cannot be read."),
    "event.too_deep": _("The properties of an event are nested too deeply."),
    "event.too_large": _("An event is too large."),
    "event.too_many_properties": _("An event has too many properties."),
    "event.too_old": _("An event is older than what may be sent."),
    "event.unknown_type": _("The type of an event is not known."),
    "events.impossible_limit": _("A page of a list holds at least one event."),
    "fault": _("Something broke on our side."),
    "funnel.refused": _("A funnel has 2 to 30 steps and a time within which they are done."),
    "home.missing": _("This folder does not hold a Safar installation."),
    "identity.names_the_person": _("This id is the one that the person goes by; it cannot be taken out."),
    "identity.no_id": _("An empty text is no id."),
    "identity.not_of_person": _("This id does not belong to that person."),
    "import.busy": _("This import is running already."),
    "import.cell_too_long": _("A cell of the file is too long. Usually a quotation mark was not closed."),
    "import.expands_too_far": _("The packed file unpacks to an absurd size."),
    "import.file_missing": _("There is no such file."),
    "import.file_unreadable": _("The file cannot be read, or it is damaged."),
    "import.format_unknown": _("Files of this format cannot be imported."),
    "import.group_too_long": _("Too many rows of the file belong to one group."),
    "import.id_refused": _("This text cannot name an import."),
    "import.line_too_long": _("A line of the file has no end. Is it a text file?"),
    "import.no_rows": _("The file has no rows."),
    "import.number_undecided": _(
        "The numbers of a column can be read in two ways. Say which mark parts the decimals."
    ),
    "import.parquet_unreadable": _("The Parquet file is damaged or encrypted."),
    "import.record_unreadable": _("The report of an import is damaged."),
    "import.template_unreadable": _(
        "A brace in the mapping is opened and not closed, or the other way round."
    ),
    "import.time_undecided": _(
        "The times of a column can be read in two ways. Say in which order day, month and year stand."
    ),
    "import.time_unknown": _("The times of a column cannot be read. Say how they are written."),
    "import.unknown": _("There is no such import."),
    "import.unknown_encoding": _("There is no such encoding."),
    "import.unknown_sheet": _("The workbook has no sheet of that name."),
    "import.xml_refused": _("The XML file is broken or holds what may not be read."),
    "ingest.all_rejected": _("None of the events was accepted."),
    "ingest.bad_compression": _("The packed body cannot be unpacked."),
    "ingest.bad_json": _("The body is not JSON."),
    "ingest.body_cut_off": _("The body ended too early."),
    "ingest.body_too_large": _("The body is too large. Send fewer events at once."),
    "ingest.busy": _("Too much is arriving at this moment. Send it again a little later."),
    "ingest.closing": _("Safar is closing. Send it again a little later."),
    "ingest.fault": _("The events could not be kept. Send them again."),
    "ingest.method_not_allowed": _("This address does not take this kind of request."),
    "ingest.not_found": _("There is nothing at this address."),
    "ingest.origin_refused": _("The key does not allow events from this site."),
    "ingest.rate_limited": _("Too many requests in a short time. Wait a moment."),
    "ingest.refused": _("The request was not accepted."),
    "ingest.timeout": _("The request took too long to arrive."),
    "ingest.too_many_events": _("There are too many events in one request."),
    "ingest.unauthorized": _("The key is not valid."),
    "ingest.unsupported_encoding": _("The body is packed in a way that cannot be read."),
    "ingest.unsupported_media_type": _("The body is not of a type that can be read."),
    "interval.impossible_level": _("A confidence level lies between 0 and 1."),
    "interval.impossible_sample": _("These counts cannot come from a sample."),
    "key.exists": _("A key of this name is already in use."),
    "key.invalid_setting": _("A setting of the key cannot be used."),
    "key.unknown": _("There is no such key."),
    "locale.unknown_digits": _("There are no such digits here."),
    "locale.unknown_language": _("Safar speaks Persian, Arabic and English."),
    "log.busy": _("Other work is being done on the log. Try again in a moment."),
    "log.disk_full": _("There is no room left on the disk. Nothing that was acknowledged is lost."),
    "log.index_damaged": _("An index file of the log is damaged. Run safar doctor."),
    "log.missing": _("There is no log of events in this folder."),
    "log.readers_overrun": _("The log changed while it was being read. Try again."),
    "log.shard_count_refused": _("The number of shards must be a power of two."),
    "log.write_failed": _("The disk refused to write. Nothing that was acknowledged is lost."),
    "log.writer_still_writing": _("Another process is still writing to the log. Close it first."),
    "mapping.columns_missing": _("The mapping names columns that the file does not have."),
    "mapping.nothing_to_propose": _(
        "No column looks like a customer, or none like a time. Write the mapping by hand."
    ),
    "mapping.unreadable": _("The mapping is not a TOML file that can be read."),
    "mapping.wrong": _("Something in the mapping cannot be so."),
    "member.invalid_setting": _("There is no such role, language or digits."),
    "member.last_owner": _("A workspace keeps at least one owner."),
    "member.unknown": _("No active member has this address."),
    "money.mixed_currencies": _("Amounts of different currencies are not added or compared."),
    "money.not_an_amount": _("This is not an exact amount of money."),
    "money.too_many_decimals": _("The amount has more decimals than its currency."),
    "money.unknown_currency": _("This currency is not known."),
    "number.ambiguous": _("This reads as two different numbers."),
    "number.unreadable": _("This is not a number."),
    "phone.impossible": _("No telephone number of that country has such a length."),
    "phone.unknown_region": _("There is no such country code."),
    "phone.unreadable": _("This is not a telephone number."),
    "presence.windows_overlap": _("The period to compare with must lie before the other."),
    "query.busy": _("Other questions are being answered. Ask again in a few seconds."),
    "query.refused": _("The query cannot be answered."),
    "query.too_large": _("The query needs too much memory, or its answer is too large. Ask about less."),
    "query.too_long": _("The query took too long and was stopped. Ask about less."),
    "question.no_windows": _("The question names no period of time."),
    "refusal": _("This cannot be done as asked."),
    "restore.home_in_use": _("Something still writes to the folder that is to be replaced. Stop it first."),
    "restore.home_not_empty": _("The folder to restore into is not empty."),
    "restore.unfinished": _("An earlier restore into this folder was interrupted. Run it again."),
    "retention.instant_refused": _("The moment names no time zone, or lies in the future."),
    "retention.refused": _("A cohort is followed for 1 to 400 periods."),
    "safar": _("Something went wrong."),
    "score.unknown_scale": _("The score is not defined on that scale."),
    "serve.modes_exclude": _("These ways of serving exclude each other."),
    "serve.address_unavailable": _("The address or port is in use or not allowed. Choose another."),
    "sign_in.link_refused": _(
        "This sign-in link no longer works: each works once, for a short time. Ask for a new one."
    ),
    "sqlite_file.busy": _("Another process is writing to the same file. Try again in a moment."),
    "sqlite_file.damaged": _("A file of this installation is damaged."),
    "sqlite_file.forked": _("A file was used by two processes in a way that is not allowed."),
    "sqlite_file.too_new": _("A newer version of Safar wrote this file. Update first."),
    "steps.refused": _("It is not clear what a step is."),
    "time_zone.unknown": _("There is no such time zone."),
    "today.unknown_choice": _("Today has no such period."),
    "trend.empty": _("There is nothing to draw in this period."),
    "variants.refused": _("Ask for at least one variant."),
    "walk.pause_refused": _("A path ends only after a pause longer than zero."),
    "web.another_home": _("This process already serves another folder."),
    "web.secret_unsafe": _("The secret of this installation can be read by others on the machine."),
    "window.naive_instant": _("A time without a time zone is not clear."),
    "window.reversed": _("The period ends before it begins."),
    "workspace.exists": _("This workspace id is taken."),
    "workspace.invalid_id": _("A workspace id has only small Latin letters, digits and hyphens."),
    "workspace.invalid_setting": _("A setting of the workspace is not known."),
    "workspace.unknown": _("There is no such workspace."),
}


@cache
def all_sentences() -> dict[str, Promise | str]:
    """Return every sentence: these, and those that each desk keeps in a module ``error_sentences`` of its own."""
    found = dict(SENTENCES)
    for app in apps.get_app_configs():
        if module_has_submodule(cast("ModuleType", app.module), "error_sentences"):
            found |= import_module(f"{app.name}.error_sentences").SENTENCES
    return found


def sentence_of(code: str) -> str:
    """Return the sentence for an error code in the language of the moment; a general one for a code not known."""
    return str(all_sentences().get(code, SENTENCES["safar"]))
