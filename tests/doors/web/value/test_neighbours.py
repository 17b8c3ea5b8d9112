"""What stands between pages of the desk: which of the numbers of who stays is whose, and the way to saved questions."""

from __future__ import annotations

import html
import re

import pytest

WHO_STAYS = {"churn", "survival", "revenue_retention", "clv"}


def test_who_stays_is_told_apart_from_the_other_three(let_in, desk, buyers) -> None:
    for language in ("fa", "ar", "en"):
        browser = let_in(language, "analyst")
        pages = {key: browser.get(desk(f"/{key}")).content.decode() for key in WHO_STAYS}
        titles = {desk(f"/{key}"): re.search(r"<h1>(.*?)</h1>", page)[1] for key, page in pages.items()}
        for key, page in pages.items():
            sentence = re.search(r'<p class="soft differs">(.*?)</p>', page, re.DOTALL)[1]
            links = dict(re.findall(r'<a href="(.*?)">(.*?)</a>', sentence))
            assert links == {at: title for at, title in titles.items() if at != desk(f"/{key}")}, (
                language,
                key,
            )
            assert "%" not in sentence


def test_both_what_ifs_are_named_apart_and_lead_to_each_other(let_in, shop, desk, buyers) -> None:
    paths, pains = f"/w/{shop.workspace_id}/journeys/what-if", desk("/value_what_if")
    for language, what_if in (("fa", "چه می‌شد اگر: "), ("ar", "ماذا لو: "), ("en", "What if: ")):
        browser = let_in(language, "analyst")
        pages = {at: browser.get(at).content.decode() for at in (paths, pains)}
        titles = {at: re.search(r"<h1>(.*?)</h1>", page)[1] for at, page in pages.items()}
        assert all(title.startswith(what_if) for title in titles.values())
        assert titles[paths] != titles[pains]
        for here, there in ((paths, pains), (pains, paths)):
            sentence = re.search(r'<p class="soft differs">(.*?)</p>', pages[here], re.DOTALL)[1]
            assert f'<a href="{there}">{titles[there]}</a>' in sentence, (language, here)


def test_other_pages_say_nothing_of_it(let_in, desk, buyers) -> None:
    assert "differs" not in let_in("en", "analyst").get(desk("/rfm")).content.decode()


@pytest.fixture
def saved(let_in, shop, desk, buyers):
    """An owner who saved a question of each of two desks; the browser."""
    browser = let_in("en", "owner")
    for kind, title in (("rfm", "Who is who"), ("flow", "Where they go")):
        browser.post(
            f"/w/{shop.workspace_id}/journeys/saved/new", {"kind": kind, "query": "", "title": title}
        )
    return browser


def test_saved_questions_of_the_desk_stand_on_it_and_lead_back_to_it(saved, shop, desk) -> None:
    page = saved.get(desk("/rfm")).content.decode()
    assert f'<a href="{desk("/saved")}">Saved questions</a>' in page
    listed = saved.get(desk("/saved")).content.decode()
    assert "Who is who" in listed
    assert "Where they go" not in listed
    assert f'<a href="{desk("/saved")}" aria-current="page">Saved questions</a>' in listed
    assert f'<a href="{desk()}">Overview</a>' in listed
    address = re.search(r'<a href="([^"]*)">(?:<bdi>)?Who is who', listed)[1]
    opened = saved.get(html.unescape(address))
    assert opened.url.startswith(desk("/rfm?"))
    edit = saved.get(f"{address}/edit").content.decode()
    assert f'href="{desk("/saved")}"' in edit
    assert saved.post(f"{address}/delete", {}).url == desk("/saved")


def test_all_saved_questions_stand_on_the_desk_journeys(saved, shop) -> None:
    listed = saved.get(f"/w/{shop.workspace_id}/journeys/saved").content.decode()
    assert "Who is who" in listed
    assert "Where they go" in listed
