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
    "answer.missing": _("This question must be answered."),
    "answer.no_date": _("This is no day of the calendar."),
    "answer.no_email": _("This is no e-mail address."),
    "answer.no_number": _("This is no number."),
    "answer.no_phone": _("This is no telephone number."),
    "answer.no_point": _("The click is not on the picture."),
    "answer.no_ranking": _("A rank was given twice, or one is left out."),
    "answer.no_such_choice": _("There is no such choice at this question."),
    "answer.not_together": _("This choice goes with no other one."),
    "answer.not_whole": _("The number lies between the steps of its scale."),
    "answer.one_only": _("Several answers were given where one is wanted."),
    "answer.other_wordless": _("Say in words what is meant by the other choice."),
    "answer.out_of_range": _("This lies outside what is asked for."),
    "answer.refused": _("The question does not take this answer."),
    "answer.rows_missing": _("Not every row has an answer."),
    "answer.too_few": _("More must be chosen."),
    "answer.too_long": _("The text is too long."),
    "answer.too_many": _("Less may be chosen."),
    "answer.too_short": _("The text is too short."),
    "answer.wrong_sum": _("The parts do not give the total that is asked for."),
    "attribution.refused": _("Touches, models or times of this attribution cannot go together."),
    "backup.damaged": _("The backup is not what was written: it is damaged."),
    "backup.missing": _("There is no finished backup in this folder."),
    "backup.target_refused": _("A backup cannot be written there."),
    "backup.too_new": _("A newer version of Safar wrote this backup. Update first."),
    "calendar.no_such_date": _("The calendar has no such day."),
    "calendar.out_of_range": _("The calendar does not reach that day."),
    "calendar.unknown": _("There is no such calendar here. Choose Gregorian, Jalali or Hijri."),
    "calendar.unknown_period": _("There is no such period. Choose day, week, month, quarter or year."),
    "cell.refused": _("This number is not in the answer any more. Open it again from its page."),
    "chain.refused": _("No chain can be made of these steps: there are too many, or paths would never end."),
    "changes.impossible_rate": _("A rate of false alarms lies between 0 and 1."),
    "chart.format_refused": _("A drawing cannot be saved as such a file."),
    "cli.column_unknown": _("The file has no column of that name. Say which one holds the comments."),
    "cli.customer_unknown": _("No customer is known by this id; nothing was erased."),
    "cli.demo_differs": _("This folder holds another simulated shop, or something that is no demo."),
    "cli.demo_mark_unreadable": _(
        "The note of what the demo was filled with cannot be read. Delete its folder."
    ),
    "cli.draft_not_agreed": _("Nothing was imported: the proposed reading of the file was not confirmed."),
    "cli.erase_not_confirmed": _("Nothing was erased: the customer's id was not repeated exactly."),
    "cli.forget_not_confirmed": _("Nothing was forgotten: forgetting old events was not confirmed."),
    "cli.question_file_refused": _("The file holds no question as JSON."),
    "cli.workspace_unclear": _("There are several workspaces. Say which one is meant."),
    "compare.refused": _("These two cannot be compared: both must be answers to one kind of question."),
    "condition.refused": _("A condition needs a property and a value it can be held against."),
    "conformance.refused": _(
        "Name at most 200 steps of the journey, and for what is tried again and for contacts a time above zero."
    ),
    "custom_labels.damaged": _("What was learnt from corrections cannot be read. It will be learnt again."),
    "custom_labels.uneven": _("Each comment needs one label; these are not of one number."),
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
    "drawing.empty": _("There is nothing to draw here."),
    "drawing.fonts_missing": _("The fonts for pictures are missing. Ask whoever installed Safar."),
    "drawing.mismatch": _("The parts of this drawing do not fit together."),
    "drawing.none": _("There is no drawing of this answer; it has a table."),
    "drawing.unsafe_link": _("A link in this drawing leads to a place that cannot be linked to."),
    "duration.unreadable": _(
        "This is not a length of time. Write a number with its unit, such as 30 minutes or 7 days."
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
    "event.only_from_servers": _("What items are and what was decided is believed of servers alone."),
    "event.properties_not_object": _("The properties of an event are not an object of names and values."),
    "event.rejected": _("An event was not accepted."),
    "event.text_refused": _("A text holds characters that cannot be kept."),
    "event.timestamp_unreadable": _("The time of an event cannot be read."),
    "event.too_deep": _("The properties of an event are nested too deeply."),
    "event.too_large": _("An event is too large."),
    "event.too_many_properties": _("An event has too many properties."),
    "executor.cluster_lost": _("The cluster that should answer cannot be reached, or its workers died."),
    "executor.not_published": _("The cluster can only read paths that are published."),
    "executor.refused": _("SAFAR_EXECUTOR does not name who should do the work."),
    "frame.refused": _("The table cannot be read as events."),
    "funnel.breakdown_refused": _(
        "A funnel cannot be broken down like this. Choose one property, segments or a period, with fewer groups."
    ),
    "event.too_old": _("An event is older than what may be sent."),
    "event.unknown_type": _("The type of an event is not known."),
    "events.impossible_limit": _("A page of a list holds at least one event."),
    "fault": _("Something broke on our side."),
    "funnel.refused": _("A funnel has 2 to 30 steps and a time within which they are done."),
    "goals.refused": _("Name one to twenty goals, each with its own name, and a time above zero."),
    "habits.refused": _("Choose 1 to 60 things to count, each with a name of its own."),
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
    "ingest.signature_refused": _("The signature of the customer's id does not hold, or is over."),
    "ingest.rate_limited": _("Too many requests in a short time. Wait a moment."),
    "ingest.refused": _("The request was not accepted."),
    "ingest.timeout": _("The request took too long to arrive."),
    "ingest.too_many_events": _("There are too many events in one request."),
    "ingest.unauthorized": _("The key is not valid."),
    "ingest.unsupported_encoding": _("The body is packed in a way that cannot be read."),
    "ingest.unsupported_media_type": _("The body is not of a type that can be read."),
    "interval.impossible_level": _("A confidence level lies between 0 and 1."),
    "interval.impossible_sample": _("These counts cannot come from a sample."),
    "journey.refused": _(
        "A journey needs at least one step, and each of its moves, starts and ends must name a step."
    ),
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
        "No column looks like a customer, or none like a time. Say yourself which columns they are."
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
    "pages.refused": _("So many rows cannot be shown, or the time to stay is below zero."),
    "paths.refused": _("Paths are followed 1 to 8 steps, with 1 to 100 steps by name at each."),
    "pattern.never_fits": _(
        "No path can fit this pattern: nothing comes before the start, and nothing after the end."
    ),
    "pattern.refused": _("This pattern cannot be read."),
    "pattern.takes_no_step": _("This pattern fits where no step is. Let at least one step be there."),
    "pattern.too_large": _("This pattern is too large. Use fewer or smaller repetitions."),
    "pattern.unknown_step": _("The pattern names a step that there is not."),
    "patterns.refused": _("The list of matches has 1 to 1,000 entries."),
    "periods.refused": _("Time cannot be cut like this. Choose longer periods or a shorter stretch of time."),
    "personas.drafts_refused": _(
        "Groups are looked for by at least two habits, and there are 2 to 12 of them."
    ),
    "phone.impossible": _("No telephone number of that country has such a length."),
    "phone.unknown_region": _("There is no such country code."),
    "phone.unreadable": _("This is not a telephone number."),
    "poster.unknown_paper": _(
        "There is no such paper. Posters come as A4, A3, A2, A1 and A0, lying or standing."
    ),
    "presence.windows_overlap": _("The period to compare with must lie before the other."),
    "published.address_refused": _("This address cannot be reached."),
    "published.missing": _("No paths are published at this address."),
    "published.no_column": _("This property is not published."),
    "query.busy": _("Other questions are being answered. Ask again in a few seconds."),
    "query.refused": _("The query cannot be answered."),
    "query.too_large": _("The query needs too much memory, or its answer is too large. Ask about less."),
    "query.too_long": _("The query took too long and was stopped. Ask about less."),
    "question.no_such_part": _("This answer has no such table."),
    "question.no_windows": _("The question names no period of time."),
    "question.refused": _(
        "The question cannot be read: one of its parts is unknown, missing or of another form."
    ),
    "question.unknown": _("There is no such question about journeys."),
    "refusal": _("This cannot be done as asked."),
    "restore.home_in_use": _("Something still writes to the folder that is to be replaced. Stop it first."),
    "restore.home_not_empty": _("The folder to restore into is not empty."),
    "restore.unfinished": _("An earlier restore into this folder was interrupted. Run it again."),
    "retention.instant_refused": _("The moment names no time zone, or lies in the future."),
    "promise.refused": _(
        "A promise needs a time above zero, and a name for the property that tells which belongs to which."
    ),
    "retention.refused": _("A cohort is followed for 1 to 400 periods."),
    "rule.unknown_event": _("No event of this name is in the data."),
    "rule.unreadable": _("This is not how a step or a segment is written."),
    "safar": _("Something went wrong."),
    "score.unknown_scale": _("The score is not defined on that scale."),
    "searches.refused": _("So many search terms cannot be shown."),
    "segment.refused": _("A segment must say what its customers did or did not do, and how often."),
    "series.breakdown_refused": _(
        "Lines cannot be drawn by this: name what it needs, and 1 to 50 lines of different names."
    ),
    "series.refused": _(
        "This measure needs something else: another step for a conversion, a property for a sum, a pause for sessions."
    ),
    "serve.address_unavailable": _("The address or port is in use or not allowed. Choose another."),
    "serve.modes_exclude": _("These ways of serving exclude each other."),
    "sessions.refused": _(
        "A channel is named twice among the pauses of sessions. Give each channel one pause."
    ),
    "sign_in.link_refused": _(
        "This sign-in link no longer works: each works once, for a short time. Ask for a new one."
    ),
    "sqlite_file.busy": _("Another process is writing to the same file. Try again in a moment."),
    "sqlite_file.damaged": _("A file of this installation is damaged."),
    "sqlite_file.forked": _("A file was used by two processes in a way that is not allowed."),
    "sqlite_file.too_new": _("A newer version of Safar wrote this file. Update first."),
    "step_matrix.refused": _("A step matrix has 1 to 100 positions."),
    "steps.refused": _("It is not clear what a step is."),
    "survey.endless": _("The survey goes round in a circle. Check its jumps."),
    "survey.language_unreadable": _("Texts of the survey are in something that is no language."),
    "survey.sign_refused": _("A text of the survey holds a sign that nobody can read. Type it again."),
    "survey.too_large": _("The survey has more than can be asked. Split it into several surveys."),
    "survey.translation_refused": _(
        "This table is no translation of this survey. The row is named where it is known."
    ),
    "survey.unknown_template": _("There is no such survey to begin with."),
    "survey.unreadable": _("This is no survey. Compare it with the schema."),
    "survey.way_lost": _("Where you were in the survey is lost. Begin it again."),
    "text.aspects_wrong": _("These are no lists of aspects and their words."),
    "text.model_missing": _("This model of comments is not installed."),
    "text.similarity_impossible": _("How alike comments must be is a number from 0.3 to 1."),
    "text.unknown_aspect": _("There is no such aspect in the lists of words."),
    "time_zone.unknown": _("There is no such time zone."),
    "today.unknown_choice": _("Today has no such period."),
    "topics.edit_refused": _("A topic needs a name and at least one word; merging needs two topics."),
    "topics.too_few": _("There are too few comments to find topics in. Thirty are enough to begin."),
    "topics.unknown": _("There is no such topic."),
    "topics.wrong": _("This document holds no topics."),
    "trend.empty": _("There is nothing to draw in this period."),
    "variants.refused": _("Ask for at least one variant."),
    "walk.pause_refused": _("A path ends only after a pause longer than zero."),
    "web.another_home": _("This process already serves another folder."),
    "web.secret_unsafe": _("The secret of this installation can be read by others on the machine."),
    "what_if.refused": _(
        "This change of paths cannot be made: its step, its share or its goal makes no sense."
    ),
    "window.naive_instant": _("A time without a time zone is not clear."),
    "window.out_of_range": _("The period reaches further than calendars do. Choose a shorter one."),
    "window.reversed": _("The period ends before it begins."),
    "window.unreadable": _("This is not a period of time. Write its first day and the day after its last."),
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
