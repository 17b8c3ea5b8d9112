"""Path models: the numbers of SmartPLS and plspm, and models that cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explain.test_drivers import rows_of
from safar.explain import path_model
from safar.explain.path_model import ModelRefused, PathModel
from safar.vocabulary.answer import Note

MOBI = {
    "Image": "IMAG",
    "Expect": "CUEX",
    "Quality": "PERQ",
    "Value": "PERV",
    "Sat": "CUSA",
    "Complaints": "CUSCO",
    "Loyalty": "CUSL",
}
PATHS = {
    "Expect": ["Image"],
    "Quality": ["Expect"],
    "Value": ["Expect", "Quality"],
    "Sat": ["Image", "Expect", "Quality", "Value"],
    "Complaints": ["Sat"],
    "Loyalty": ["Image", "Sat", "Complaints"],
}
SMARTPLS = {
    ("Image", "Expect"): 0.50491393,
    ("Expect", "Quality"): 0.55674896,
    ("Expect", "Value"): 0.04998839,
    ("Quality", "Value"): 0.55830438,
    ("Image", "Sat"): 0.17873950,
    ("Expect", "Sat"): 0.06252287,
    ("Quality", "Sat"): 0.51202394,
    ("Value", "Sat"): 0.19476510,
    ("Sat", "Complaints"): 0.52806625,
    ("Image", "Loyalty"): 0.19575534,
    ("Sat", "Loyalty"): 0.48547762,
    ("Complaints", "Loyalty"): 0.06692607,
}


def columns_of(file: Path) -> dict[str, np.ndarray]:
    return {name: values.astype(float) for name, values in rows_of(file).items() if name != "gender"}


@pytest.fixture(scope="module")
def mobi(shared_data: Path) -> PathModel:
    columns = columns_of(shared_data / "ecsi" / "mobi.csv.gz")
    blocks = {name: [each for each in columns if each.startswith(begin)] for name, begin in MOBI.items()}
    return path_model.fit(columns, blocks, PATHS, scale=(1, 10), resamples=200)


@pytest.mark.data
def test_paths_as_smartpls(mobi: PathModel) -> None:
    found = {(each.source, each.target): each.path.value for each in mobi.arrows if each.path is not None}
    assert found == {pair: pytest.approx(path, abs=2e-8) for pair, path in SMARTPLS.items()}


@pytest.mark.data
def test_total_effects_r_squared_and_loadings_as_smartpls(mobi: PathModel) -> None:
    total = {each.source: round(each.total.value, 6) for each in mobi.arrows if each.target == "Loyalty"}
    assert {name: total[name] for name in ("Image", "Expect", "Quality", "Value", "Sat")} == {
        "Image": 0.398732,
        "Expect": 0.217633,
        "Quality": 0.323305,
        "Value": 0.101437,
        "Sat": 0.520819,
    }
    explained = {
        each.name: round(each.r_squared.value, 4) for each in mobi.felt if each.r_squared is not None
    }
    assert explained == {
        "Expect": 0.2549,
        "Quality": 0.3100,
        "Value": 0.3453,
        "Sat": 0.6811,
        "Complaints": 0.2789,
        "Loyalty": 0.4569,
    }
    loadings = {each.name: each.loading.value for each in mobi.indicators}
    published = {
        "CUSA1": 0.79241243, "CUSA2": 0.84702146, "CUSA3": 0.85669268,
        "CUSL1": 0.82041320, "CUSL2": 0.20202172, "CUSL3": 0.91543628,
        "IMAG1": 0.74520807, "IMAG2": 0.59920038, "IMAG3": 0.57635896, "IMAG4": 0.76876167, "IMAG5": 0.74445242,
        "PERV1": 0.90221120, "PERV2": 0.93962478,
    }  # fmt: skip
    assert {name: loadings[name] for name in published} == {
        name: pytest.approx(loading, abs=2e-8) for name, loading in published.items()
    }


@pytest.mark.data
def test_importance_and_performance(mobi: PathModel) -> None:
    performance = {each.name: round(each.performance, 3) for each in mobi.felt}
    assert performance == {
        "Image": 73.528,
        "Expect": 72.474,
        "Quality": 74.977,
        "Value": 62.347,
        "Sat": 72.454,
        "Complaints": 67.422,
        "Loyalty": 70.914,
    }
    table = mobi.importance_performance("Sat")
    assert table.column("felt") == ["Quality", "Expect", "Image", "Value"]
    assert mobi.arrow("Quality", "Sat").path.interval.low > 0.3
    assert 0 in mobi.arrow("Expect", "Sat").path.interval
    assert {each.name: round(each.alpha, 4) for each in mobi.felt if each.name != "Complaints"} == {
        "Image": 0.7144,
        "Expect": 0.4326,
        "Quality": 0.8724,
        "Value": 0.8167,
        "Sat": 0.7701,
        "Loyalty": 0.4417,
    }


@pytest.mark.data
def test_a_bank_as_plspm(shared_data: Path) -> None:
    columns = columns_of(shared_data / "ecsi" / "bank_satisfaction.csv.gz")
    blocks = {
        name: [each for each in columns if each.startswith(name.lower())]
        for name in ("IMAG", "EXPE", "QUAL", "VAL", "SAT", "LOY")
    }
    paths = {
        "EXPE": ["IMAG"],
        "QUAL": ["EXPE"],
        "VAL": ["EXPE", "QUAL"],
        "SAT": ["IMAG", "EXPE", "QUAL", "VAL"],
        "LOY": ["IMAG", "SAT"],
    }
    found = path_model.fit(columns, blocks, paths, scheme="centroid", scaled=False, resamples=5)
    to_sat = {each.source: round(each.path.value, 6) for each in found.arrows if each.target == "SAT"}
    assert to_sat == {"IMAG": 0.200724, "EXPE": -0.002754, "QUAL": 0.122144, "VAL": 0.589331}
    assert found.goodness_of_fit == pytest.approx(0.609741624, abs=2e-8)


def planted(n: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    satisfaction = 0.6 * quality + 0.8 * rng.normal(size=n)
    return {
        **{f"q{place}": quality + 0.5 * rng.normal(size=n) for place in range(3)},
        **{f"s{place}": satisfaction + 0.5 * rng.normal(size=n) for place in range(3)},
    }


BLOCKS = {"quality": ["q0", "q1", "q2"], "satisfaction": ["s0", "s1", "s2"]}


@pytest.mark.parametrize("scheme", ["path", "centroid", "factorial"])
def test_planted_paths_are_found_whatever_the_scheme_and_the_sign(scheme: path_model.Scheme) -> None:
    columns = planted(20_000, 1)
    found = path_model.fit(columns, BLOCKS, {"satisfaction": ["quality"]}, scheme=scheme, resamples=20)
    # both scores are measured with a reliability of 3/(3 + 0.25)
    assert found.arrow("quality", "satisfaction").path.value == pytest.approx(0.6 * 12 / 13, abs=0.015)
    turned = {name: -values if name[0] == "q" else values for name, values in columns.items()}
    other = path_model.fit(turned, BLOCKS, {"satisfaction": ["quality"]}, scheme=scheme, resamples=5)
    path = found.arrow("quality", "satisfaction").path.value
    assert other.arrow("quality", "satisfaction").path.value == pytest.approx(-path, abs=1e-9)
    assert all(each.loading.value > 0 for each in other.indicators)


def test_gaps_are_allowed_for_and_said() -> None:
    columns = planted(5_000, 2)
    whole = path_model.fit(columns, BLOCKS, {"satisfaction": ["quality"]}, resamples=5)
    rng = np.random.default_rng(2)
    gaps = {name: np.where(rng.random(5_000) < 0.3, np.nan, values) for name, values in columns.items()}
    found = path_model.fit(gaps, BLOCKS, {"satisfaction": ["quality"]}, resamples=5)
    path = whole.arrow("quality", "satisfaction").path.value
    assert found.arrow("quality", "satisfaction").path.value == pytest.approx(path, abs=0.02)
    assert [note.code for note in found.notes] == ["path_model.filled", "path_model.association"]
    assert whole.notes == (Note.of("path_model.association"),)


@pytest.mark.parametrize(
    ("blocks", "paths", "why"),
    [
        (BLOCKS, {"satisfaction": ["price"]}, "price has no questions"),
        (BLOCKS, {}, "joined to nothing"),
        (BLOCKS, {"satisfaction": ["quality"], "quality": ["satisfaction"]}, "circle"),
        ({**BLOCKS, "price": []}, {"satisfaction": ["quality", "price"]}, "something has no questions"),
        ({**BLOCKS, "price": ["q0"]}, {"satisfaction": ["quality", "price"]}, "shows two things"),
    ],
)
def test_models_that_cannot_be(blocks: dict[str, list[str]], paths: dict[str, list[str]], why: str) -> None:
    with pytest.raises(ModelRefused, match=why):
        path_model.fit(planted(100, 3), blocks, paths)
    found = path_model.fit(planted(100, 3), BLOCKS, {"satisfaction": ["quality"]}, resamples=5)
    with pytest.raises(ModelRefused, match="No way leads"):
        found.arrow("satisfaction", "quality")
    with pytest.raises(ModelRefused, match="not in the model"):
        found["price"]
