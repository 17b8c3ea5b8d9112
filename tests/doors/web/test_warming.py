"""Warming: what pages need is in memory before anybody asks; trouble with one workspace troubles nobody."""

from __future__ import annotations

import subprocess
import sys

from safar.observe.ahead import kernel_modules, load_kernels
from safar.store.shelf import Shelf

_LOADED = """
import sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
from safar.doors.web.homes import current_home
from safar.doors.web.warming import Warming
with current_home() as home:
    warming = Warming(home)
    warming.start()
    warming.join()
print(*sorted(name for name in sys.modules if name.endswith("_kernels") and ".observe." in name))
print(*sorted(name for name in ("scipy.special", "sklearn.linear_model", "sklearn.ensemble") if name in sys.modules))
"""


def test_a_home_is_warmed(web_home, shop, a_month, monkeypatch) -> None:
    from safar.doors.web.warming import Warming

    asked = []

    def noting(name):
        real = getattr(Shelf, name)
        return lambda shelf, *of: asked.append((shelf, name)) or real(shelf, *of)

    for name in ("paths", "rows"):
        monkeypatch.setattr(Shelf, name, noting(name))
    empty = web_home.create_workspace(
        "Empty", workspace_id=f"empty-{shop.workspace_id}", language="en", time_zone="UTC", currency="USD"
    )
    warming = Warming(web_home)
    warming.start()
    warming.join()
    warmed = {shelf for shelf, _ in asked}
    assert web_home.log(shop.workspace_id)._shelf in warmed
    assert web_home.log(empty.workspace_id)._shelf not in warmed
    assert {name for _, name in asked} == {"paths", "rows"}


def test_what_questions_need_is_loaded_before_one_is_asked(web_home, shop, a_month) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LOADED, str(web_home.folder)], capture_output=True, text=True, check=True
    )
    assert len(kernel_modules()) > 10
    kernels, libraries = map(str.split, ran.stdout.splitlines())
    assert kernels == list(kernel_modules())
    assert libraries == ["scipy.special", "sklearn.ensemble", "sklearn.linear_model"]


def test_a_process_that_is_ready_has_loaded_no_library_yet(web_home) -> None:
    """The libraries come in the background: no start waits for them."""
    program = (
        f"import sys; from safar.doors.web.setup import prepare; prepare({str(web_home.folder)!r})\n"
        "import safar.doors.web.urls; print('sklearn' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]


def test_loading_ends_when_it_is_told_to(monkeypatch) -> None:
    loaded = []
    monkeypatch.setattr("safar.observe.ahead.importlib.import_module", loaded.append)
    load_kernels(lambda: len(loaded) < 2)
    assert loaded == list(kernel_modules()[:2])
