"""What a survey found, its responses and who is asked, from the terminal."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec

from safar.listen.questionnaire.anatomy import told
from safar.listen.questionnaire.templates import template


def test_a_survey_is_asked_and_its_answers_are_told(safar_shell, home: Path, tmp_path: Path) -> None:
    def run(*words: object) -> object:
        ran = safar_shell("survey", *words, "--home", home, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    file = tmp_path / "survey.json"
    file.write_text(json.dumps(told(msgspec.structs.replace(template("delivery"), key="told"))), "utf-8")
    survey = run("import", file)["survey_id"]
    assert safar_shell("survey", "results", survey, "--home", home).returncode == 2
    run("publish", survey)
    assert run("results", survey) == []
    made = run("links", survey, "--new", "kiosk", "--name", "Door")
    (listed,) = run("links", survey)
    assert (listed["token"], listed["kind"], listed["state"]) == (made["token"], "kiosk", "open")
    asked = ("ask", survey, "nobody-known", "--channel", "sms")
    assert run(*asked, "--look") == run(*asked) == [{"customer_id": "nobody-known", "status": "no_address"}]
    printed = safar_shell("survey", "responses", survey, "--home", home)
    (heads,) = csv.reader(io.StringIO(printed.stdout.removeprefix("\ufeff")))
    assert heads[:3] == ["response_id", "customer_id", "version"]
