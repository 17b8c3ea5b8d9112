"""One file of identity under several processes and threads, and under kills."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from identities import a_crowd, identify, persons
from safar.store.identity import Identity


def test_two_open_files_see_each_other(tmp_path):
    with Identity.open(tmp_path) as one, Identity.open(tmp_path) as other:
        version = other.version
        one.observe(identify("sara", "a1"))
        assert other.person_of("a1") == "sara"
        assert other.version > version
        assert other.versioned_aliases() == (other.version, [("a1", "sara")])


_OBSERVES = """
import random, sys
from identities import a_crowd
from safar.store.identity import Identity
print("ready", flush=True)
sys.stdin.readline()
batches = a_crowd()
random.Random(int(sys.argv[2])).shuffle(batches)
with Identity.open(sys.argv[1]) as identity:
    for batch in batches:
        identity.observe(batch)
"""


@pytest.mark.crash
def test_several_processes_and_threads_observe_at_once(tmp_path):
    (tmp_path / "alone").mkdir()
    (tmp_path / "together").mkdir()
    with Identity.open(tmp_path / "alone") as alone:
        for batch in a_crowd():
            alone.observe(batch)
        expected = {frozenset(ids) for ids in persons(alone).values()}
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _OBSERVES, str(tmp_path / "together"), str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=Path(__file__).parent,
        )
        for seed in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    with Identity.open(tmp_path / "together") as identity:
        threads = [threading.Thread(target=identity.observe, args=(batch,)) for batch in a_crowd()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for process in processes:
            process.communicate(timeout=60)
            assert process.returncode == 0
        assert identity.problems() == []
        assert {frozenset(ids) for ids in persons(identity).values()} == expected


_DIES = """
import sys
from identities import a_crowd
from safar.store.identity import Identity
with Identity.open(sys.argv[1]) as identity:
    for batch in a_crowd() * 20:
        identity.observe(batch)
        print("observed", flush=True)
"""


@pytest.mark.crash
def test_killed_at_any_instant_and_repeated_it_is_as_if_nothing_had_happened(tmp_path, rng):
    (tmp_path / "alone").mkdir()
    (tmp_path / "killed").mkdir()
    for after in rng.integers(0, 14, size=6).tolist():
        process = subprocess.Popen(
            [sys.executable, "-c", _DIES, str(tmp_path / "killed")],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=Path(__file__).parent,
        )
        for _ in range(after):
            process.stdout.readline()
        time.sleep(rng.uniform(0, 0.003))
        process.kill()
        process.communicate()
        with Identity.open(tmp_path / "killed") as identity:
            assert identity.problems() == []
    with Identity.open(tmp_path / "alone") as alone, Identity.open(tmp_path / "killed") as killed:
        for batch in a_crowd():
            alone.observe(batch)
            killed.observe(batch)
        assert killed.aliases() == alone.aliases()
        assert [killed.history(f"u{number}") for number in range(60)] == [
            alone.history(f"u{number}") for number in range(60)
        ]
