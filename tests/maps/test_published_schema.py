"""The schema of maps that is published is the one that is held to."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from safar.maps import anatomy
from safar.maps.edits import AnyEdit, edits_schema
from safar.maps.templates import TEMPLATES, template


def test_the_file_in_the_docs_is_the_schema(root: Path) -> None:
    told = json.loads((root / "docs" / "journey-map.schema.json").read_text(encoding="utf-8"))
    assert told == json.loads(json.dumps(anatomy.schema())), (
        "run: safar map schema > docs/journey-map.schema.json"
    )


@pytest.mark.parametrize("key", TEMPLATES)
def test_templates_fit_it(key: str) -> None:
    document = json.loads(json.dumps(anatomy.told(template(key))))
    validator = jsonschema.Draft202012Validator(anatomy.schema())
    assert list(validator.iter_errors(document)) == []
    document["stages"][0]["steps"][0]["step_id"] = "no id"
    assert len(list(validator.iter_errors(document))) == 1


def test_the_page_on_maps_lists_every_edit(root: Path) -> None:
    page = (root / "docs" / "concepts" / "maps.md").read_text(encoding="utf-8")
    tags = [each.__struct_config__.tag for each in AnyEdit.__args__]
    assert [tag for tag in tags if f"`{tag}`" not in page] == []
    assert len(edits_schema()["items"]["anyOf"]) == len(tags)
