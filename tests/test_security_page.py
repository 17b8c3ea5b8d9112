"""The page on security names tests: each of them exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: How many requirements of level 1 and 2 each section of ASVS 5.0.0 has: the first ones of the section. The 29 of V10
#: are answered as a whole.
_SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 "
    "4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 "
    "7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 "
    "12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 "
    "16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
)


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 60
    assert named - written == set()


def test_each_requirement_says_how_it_is_met_and_by_which_test() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+\.\d", line)
    ]
    assert len(rows) > 70
    for requirement, how, shown in rows:
        assert how, requirement
        assert shown == "not applicable" or re.fullmatch(r"`test_\w+`(, `test_\w+`)*", shown), requirement


def test_every_requirement_of_level_one_and_two_is_answered_once() -> None:
    answered: list[str] = []
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").splitlines():
        cell = line.strip("|").split("|")[0].strip()
        if not re.match(r"\| \d+\.\d", line) or "(level 3)" in cell or cell.startswith("10."):
            continue
        for section, first, last in re.findall(r"\b(\d+\.\d)\.(\d+)(?:–\d+\.\d\.(\d+))?", cell):
            answered += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    sections = re.findall(r"(\d+\.\d):(\d+)", _SECTIONS)
    expected = [f"{section}.{number + 1}" for section, count in sections for number in range(int(count))]
    assert len(expected) == 253 - 29  # V10
    assert sorted(answered) == sorted(expected)
