"""Surveys from the terminal: checked, begun, translated without a home; kept and published in one."""

from __future__ import annotations

import json
from pathlib import Path

from safar.listen.questionnaire.anatomy import read, schema, told
from safar.listen.questionnaire.templates import TEMPLATES, template


def test_a_survey_is_begun_checked_and_translated(safar_shell, tmp_path: Path) -> None:
    file, table, result = (tmp_path / name for name in ("survey.json", "table.csv", "result.json"))
    assert safar_shell("survey", "template", "delivery", file).returncode == 0
    assert read(json.loads(file.read_text("utf-8"))) == template("delivery")
    checked = safar_shell("survey", "check", file, "--json")
    assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
    assert safar_shell("survey", "translation", file, table, "--into", "fr").returncode == 0
    text = table.read_text("utf-8-sig")
    assert text.splitlines()[0] == "path,fa,ar,en,fr"
    row = next(line for line in text.splitlines() if line.startswith("endings[thanks].title,"))
    table.write_text(text.replace(row, f"{row}Merci"), "utf-8-sig")
    assert safar_shell("survey", "translate", file, table, result).returncode == 0
    found = read(json.loads(result.read_text("utf-8")))
    assert (found.languages, found.endings[1].title["fr"]) == (("fa", "ar", "en", "fr"), "Merci")


def test_an_error_fails_the_check_and_says_where(safar_shell, tmp_path: Path) -> None:
    file = tmp_path / "survey.json"
    page = {"page_id": "p", "questions": [{"kind": "nps", "question_id": "nps", "title": {"en": "?"}}]}
    file.write_text(json.dumps({"pages": [page], "jumps": [{"after": "p", "to": "q"}]}), "utf-8")
    ran = safar_shell("survey", "check", file, "--json")
    assert ran.returncode == 1
    (found,) = json.loads(ran.stdout)
    assert (found["severity"], found["code"], found["path"]) == ("error", "jump.to_nowhere", "jumps[0].to")
    assert found["facts"] == '{"to": "q"}'


def test_what_is_no_survey_is_refused(safar_shell, tmp_path: Path) -> None:
    file = tmp_path / "survey.json"
    for text in ("no", '{"pages": [{"page": "p"}]}'):
        file.write_text(text, "utf-8")
        ran = safar_shell("survey", "check", file)
        assert (ran.returncode, "[survey.unreadable]" in ran.stderr) == (2, True)
    ran = safar_shell("survey", "template", "delivry")
    assert (ran.returncode, 'Did you mean "delivery"?' in ran.stderr) == (2, True)


def test_templates_and_schema_are_told(safar_shell) -> None:
    listed = json.loads(safar_shell("survey", "template", "--json").stdout)
    assert tuple(each["key"] for each in listed) == TEMPLATES
    assert json.loads(safar_shell("survey", "schema").stdout) == json.loads(json.dumps(schema()))


def test_a_survey_of_a_workspace_is_imported_published_listed_and_exported(
    safar_shell, home: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "delivery.json", tmp_path / "out.json"
    file.write_text(json.dumps(told(template("delivery"))), "utf-8")
    made = safar_shell("survey", "import", file, "--home", home, "--json")
    assert made.returncode == 0, made.stderr
    survey_id = json.loads(made.stdout)["survey_id"]
    published = safar_shell("survey", "publish", survey_id, "--note", "first", "--home", home, "--json")
    assert json.loads(published.stdout)["version"] == 1
    (listed,) = json.loads(safar_shell("survey", "list", "--home", home, "--json").stdout)
    assert (listed["survey_id"], listed["state"], listed["version"]) == (survey_id, "open", 1)
    assert safar_shell("survey", "export", survey_id, out, "--version", 1, "--home", home).returncode == 0
    assert read(json.loads(out.read_text("utf-8"))) == template("delivery")
    missing = safar_shell("survey", "export", "none", out, "--home", home)
    assert (missing.returncode, "[cli.survey_unknown]" in missing.stderr) == (2, True)
