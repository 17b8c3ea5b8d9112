"""Maps from the terminal. Each command is a process of its own: Django serves one home a process."""

from __future__ import annotations

import json
from pathlib import Path

from safar.maps.anatomy import read, schema, told
from safar.maps.sheet_file import read_sheet
from safar.maps.templates import template


def test_a_map_is_made_listed_taken_away_and_brought_back(safar_shell, home: Path, tmp_path: Path) -> None:
    made = safar_shell("map", "new", "--template", "clinic", "--home", home, "--json")
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout)
    assert (facts["name"], facts["stages"], facts["steps"]) == ("سفر بیمار در درمانگاه", 5, 9)
    files = [tmp_path / "clinic.csv", tmp_path / "clinic.json"]
    for file in files:
        ran = safar_shell("map", "export", facts["map_id"], file, "--home", home)
        assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert read_sheet(files[0].read_bytes()) == template("clinic")
    assert read(json.loads(files[1].read_text("utf-8"))) == template("clinic")
    again = json.loads(safar_shell("map", "import", files[0], "--home", home, "--json").stdout)
    listed = json.loads(safar_shell("map", "list", "--home", home, "--json").stdout)
    assert [each["map_id"] for each in listed] == [again["map_id"], facts["map_id"]]
    shown = json.loads(safar_shell("map", "show", again["map_id"], "--home", home, "--json").stdout)
    assert [each["step"] for each in shown] == [step.step_id for step in template("clinic").steps]
    assert (shown[1]["events"], shown[1]["cards"]) == ("appointment_booked, appointment_searched", 6)


def test_what_is_no_map_makes_none(safar_shell, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("kind,id,stage\nstep,a,\n", encoding="utf-8")
    refused = safar_shell("map", "import", file, "--home", home)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "row 2: the step has no stage" in refused.stderr
    assert "[map.sheet_refused]" in refused.stderr
    assert json.loads(safar_shell("map", "list", "--home", home, "--json").stdout) == []
    missing = safar_shell("map", "show", "none", "--home", home)
    assert (missing.returncode, "[cli.map_unknown]" in missing.stderr) == (2, True)


def test_how_a_map_is_lived_is_said_in_rows(safar_shell, home: Path, tmp_path: Path) -> None:
    document = told(template("online_shop"))
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    made = json.loads(safar_shell("map", "import", file, "--home", home, "--json").stdout)
    ran = safar_shell("map", "lived", made["map_id"], "--home", home, "--json")
    assert ran.returncode == 0, ran.stderr
    rows = json.loads(ran.stdout)
    assert [each["step"] for each in rows] == [step.step_id for step in template("online_shop").steps]
    assert {each["customers"] for each in rows} == {0}


def test_the_schema_needs_no_home(safar_shell) -> None:
    assert json.loads(safar_shell("map", "schema").stdout) == json.loads(json.dumps(schema()))
    assert "card.text" in safar_shell("map", "schema", "--edits").stdout
