"""Small workbooks whose table no memory holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from safar.collect.opening import FileExpandsTooFar, FileUnreadable
from safar.collect.shape import detect_shape
from safar.vocabulary.errors import Refusal

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_OFFICE = "http://schemas.openxmlformats.org"


def an_xlsx(folder: Path, cell: str) -> Path:
    """A sheet of two cells, one of them at ``cell``."""
    row = cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    path = folder / "far.xlsx"
    main, relations = f"{_OFFICE}/spreadsheetml/2006/main", f"{_OFFICE}/officeDocument/2006/relationships"
    package = f"{_OFFICE}/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(
            "_rels/.rels",
            f'{_XML}<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        container.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{_XML}<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        container.writestr(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        container.writestr(
            "xl/worksheets/sheet1.xml",
            f'{_XML}<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData></worksheet>',
        )
    return path


def an_ods(folder: Path) -> Path:
    """A sheet that repeats one cell for as many columns and rows as there can be."""
    path = folder / "far.ods"
    name = "urn:oasis:names:tc:opendocument:xmlns"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        container.writestr("META-INF/manifest.xml", _XML + "<manifest/>")
        container.writestr(
            "content.xml",
            f'{_XML}<office:document-content xmlns:office="{name}:office:1.0" xmlns:table="{name}:table:1.0" '
            f'xmlns:text="{name}:text:1.0"><office:body><office:spreadsheet><table:table table:name="s">'
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" '
            'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    return path


@pytest.mark.parametrize(
    ("workbook", "refusal"),
    [(lambda folder: an_xlsx(folder, "XFD1048576"), FileExpandsTooFar), (an_ods, FileUnreadable)],
    ids=["xlsx", "ods"],
)
def test_a_small_workbook_with_a_table_that_no_memory_holds_is_refused(
    tmp_path: Path, workbook: Callable[[Path], Path], refusal: type[Refusal]
) -> None:
    path = workbook(tmp_path)
    assert path.stat().st_size < 2_000
    # In a process of its own: what is not refused would end that of the tests.
    program = (
        "import sys; from pathlib import Path; from safar.collect.shape import detect_shape\n"
        "from safar.vocabulary.errors import Refusal\n"
        "try: detect_shape(Path(sys.argv[1]))\n"
        "except Refusal as error: print(error.code)"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stdout) == (0, f"{refusal.code}\n"), said.stderr[-500:]


def test_a_workbook_with_a_cell_somewhat_away_is_read(tmp_path: Path) -> None:
    shape = detect_shape(an_xlsx(tmp_path, "C40000"))
    assert (shape.format, len(shape.names)) == ("excel", 3)
