"""Warming: what pages need is in memory before anybody asks; trouble with one workspace troubles nobody."""

from __future__ import annotations

from safar.store.shelf import Shelf


def test_a_home_is_warmed(web_home, shop, a_month, monkeypatch) -> None:
    from safar.doors.web.warming import Warming  # noqa: PLC0415 - needs Django configured

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
