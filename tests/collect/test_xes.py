from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from file_builders import a_file, an_example, imported, utc
from safar.collect.rows import Rows
from safar.collect.shape import detect_shape, read_rows
from safar.collect.xes import XmlRefused

LOG = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="DEFAULT"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="creator" value="nobody"/>
  <trace>
    <string key="concept:name" value="c 1"/>
    <boolean key="vip" value="true"/>
    <event>
      <string key="concept:name" value="register &amp; pay"/>
      <date key="time:timestamp" value="2010-12-30T14:32:00.000+01:00"/>
      <int key="cost" value="50"><string key="currency" value="EUR"/></int>
      <float key="rating" value="4.5"/>
      <list key="items"><values>
        <string key="sku" value="a"/>
        <string key="sku" value="b"/>
      </values></list>
    </event>
    <event>
      <string key="concept:name" value="close"/>
      <date key="time:timestamp" value="2010-12-31T10:00:00Z"/>
      <int key="cost" value="many"/>
    </event>
  </trace>
  <trace>
    <string key="concept:name" value="c 2"/>
    <event>
      <string key="concept:name" value="register"/>
      <date key="time:timestamp" value="2011-01-01T00:00:00Z"/>
    </event>
  </trace>
</log>
"""


def read(path: Path) -> Rows:
    (piece,) = read_rows(path, detect_shape(path))
    return piece


def test_events_become_rows_with_the_attributes_of_their_trace(tmp_path: Path) -> None:
    piece = read(a_file(tmp_path, LOG, "log.xes"))
    assert piece.names == (
        "case:concept:name", "case:vip", "concept:name", "time:timestamp", "cost", "cost.currency", "rating",
        "items.sku", "items.sku_2",
    )  # fmt: skip
    assert piece.texts("case:concept:name") == ["c 1", "c 1", "c 2"]
    assert piece.texts("concept:name") == ["register & pay", "close", "register"]
    assert piece.values("case:vip") == [True, True, None]
    assert piece.values("cost") == [50, "many", None]
    assert piece.values("cost.currency") == ["EUR", None, None]
    assert piece.values("rating") == [4.5, None, None]
    assert piece.values("items.sku_2") == ["b", None, None]
    assert piece.numbers.tolist() == [1, 2, 3]


def test_a_log_becomes_events(tmp_path: Path) -> None:
    events = imported(a_file(tmp_path, gzip.compress(LOG.encode()), "log.xes.gz"), an_example("xes"))
    assert [(event.customer, event.name, event.at) for event in events] == [
        ("c 1", "register & pay", utc("2010-12-30 13:32:00")),
        ("c 1", "close", utc("2010-12-31 10:00:00")),
        ("c 2", "register", utc("2011-01-01 00:00:00")),
    ]
    assert events[0].properties == {
        "case:vip": True, "cost": 50, "cost.currency": "EUR", "rating": 4.5, "items.sku": "a", "items.sku_2": "b",
    }  # fmt: skip


BOMB = """\
<?xml version="1.0"?>
<!DOCTYPE log [
  <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
]>
<log><trace><event><string key="concept:name" value="&c;"/></event></trace></log>
"""
OUTSIDE = '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_and_document_types_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(XmlRefused, match="document type"):
        read(a_file(tmp_path, text, "log.xes"))


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    deep = "<log><trace><event>" + '<list key="a">' * 100_000
    with pytest.raises(XmlRefused, match="more than 32 deep"):
        read(a_file(tmp_path, deep, "log.xes"))


def test_other_xml_and_broken_xml_are_refused_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(XmlRefused, match="starts with <html>"):
        read(a_file(tmp_path, "<html></html>", "log.xes"))
    with pytest.raises(XmlRefused, match="broken at line 2, column 5"):
        read(a_file(tmp_path, "<log>\n  </trace>\n</log>", "log.xes"))
    with pytest.raises(XmlRefused, match="no element found"):
        read(a_file(tmp_path, "<log><trace>", "log.xes"))
