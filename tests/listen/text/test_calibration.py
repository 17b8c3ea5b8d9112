"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
import text_linear

from safar.listen.text.calibration import Calibration, calibration_error, softmax


def test_error_by_hand() -> None:
    stated = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    # four stated 0.95 of which 0.75 are right, two stated 0.55 of which 0.5 are: (4 * .2 + 2 * .05) / 6
    assert calibration_error(stated, right) == pytest.approx(0.15)
    assert calibration_error(np.empty(0), np.empty(0, bool)) == 0


def test_error_of_honest_probabilities_is_small() -> None:
    rng = np.random.default_rng(3)
    stated = rng.uniform(0.34, 1, 200_000)
    assert calibration_error(stated, rng.uniform(size=200_000) < stated) < 0.005


def test_each_language_has_its_temperature_and_shift() -> None:
    made = Calibration(
        np.array([1, 2, 1, 1], np.float32), np.array([[0, 0], [0, 0], [0, 0], [1, 0]], np.float32)
    )
    logits = np.tile(np.array([[2, 0]], np.float32), (3, 1))
    found = made.probabilities(logits, ["fa", "ar", "und"])
    assert found[:, 0] == pytest.approx([1 / (1 + np.exp(-2)), 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(-3))])


def test_calibrating_undoes_logits_that_are_too_sure() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 1.5, (20_000, 3)).astype(np.float32)
    true = softmax(logits + np.array([0.4, 0, -0.4], np.float32))
    labels = np.array([rng.choice(3, p=row / row.sum()) for row in true.astype(np.float64)])
    targets = np.eye(3, dtype=np.float32)[labels]
    temperature, shift = text_linear.calibrate(logits * 3, targets, np.ones((20_000, 3), bool))
    assert temperature == pytest.approx(3, rel=0.05)
    assert shift == pytest.approx([0.4, 0, -0.4], abs=0.06)
