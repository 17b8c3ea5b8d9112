"""The page Today: the library's numbers in three languages, its part, its emptiness, its failures, who may see it."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from html import unescape

import click
import pytest

from a_shop import an_answer, days_ago
from builders import an_event
from safar.doors.cli.main import cli


def text_of(response) -> str:
    """Return what a person reads: no tags, no isolates, blanks joined."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(re.sub("[\u2066-\u2069\u200e\u061c\u00a0]", " ", unescape(text)).split())


def card(response, key: str) -> str:
    """Return one fact as a person reads it."""
    found = re.search(
        rf'<article[^>]+aria-labelledby="fact-{key}".*?</article>', response.content.decode(), re.DOTALL
    )
    assert found, f"no fact {key}"
    response = type(response)(found[0])
    return text_of(response)


def facts_of(response) -> str:
    """Return all that stands below the bar."""
    return text_of(type(response)(response.content.decode().partition("<main")[2]))


def value(response, key: str) -> str:
    """Return the large number of one fact."""
    fact = re.search(
        rf'aria-labelledby="fact-{key}".*?<strong>(.*?)</strong>', response.content.decode(), re.DOTALL
    )
    assert fact, f"no fact {key}"
    return text_of(type(response)(fact[1]))


@pytest.fixture
def address(shop) -> str:
    return f"/w/{shop.workspace_id}/today"


def test_a_month_in_persian(let_in, address, a_month) -> None:
    page = let_in("fa").get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert '<html lang="fa" dir="rtl">' in text
    assert "فروشگاه &lt;تهران&gt;" in text
    assert value(page, "customers") == "۳۴"  # c1…c29 and d0…d4: today has no event yet
    assert card(page, "customers").startswith("مشتریان")
    assert "۲۹ نفر جدید" in card(page, "customers")
    assert value(page, "orders") == "۲۹"
    assert value(page, "revenue") == "۷٫۲ میلیون تومان"  # 29 orders of 250,000 toman
    assert "بدون بازپرداخت" in card(page, "revenue")
    assert value(page, "conversion") == "۸۵٫۳٪"  # 29 of 34
    assert value(page, "csat") == "۱۰۰٫۰٪"
    nps = card(page, "nps")
    assert "بازهٔ ۹۵٪" in nps
    assert "از ۹ پاسخ" in nps
    assert value(page, "ces") == "۶٫۰۰"
    assert not re.search(r"[0-9]", re.sub(r"NPS|CSAT|CES", "", nps).split("نسخهٔ دفتر رویدادها")[0])


@pytest.mark.parametrize(("language", "number"), [("ar", "٣٤"), ("en", "34"), ("fa", "۳۴")])
def test_the_same_number_in_three_scripts(let_in, address, a_month, language, number) -> None:
    assert value(let_in(language).get(address), "customers") == number


def test_an_arabic_reader_may_choose_the_lunar_calendar_and_latin_digits(let_in, address, a_month) -> None:
    browser = let_in("ar")
    gregorian = facts_of(browser.get(f"{address}?period=month"))
    browser.post("/reading", {"calendar": "hijri", "digits": "latin"})
    hijri = facts_of(browser.get(f"{address}?period=month"))
    assert "هـ" in hijri
    assert "هـ" not in gregorian
    assert not re.search("[٠-٩۰-۹]", hijri)


def test_each_chart_has_a_table_with_the_same_numbers(let_in, address, a_month) -> None:
    text = let_in("en").get(f"{address}?period=7d").content.decode()
    for article in re.findall(r"<article.*?</article>", text, re.DOTALL):
        fields = re.findall(r'class="trend-field".*?<title>(.*?)</title>', article, re.DOTALL)
        rows = re.findall(r"<tbody>.*?</tbody>", article, re.DOTALL)[0].count("<tr>")
        assert len(fields) == rows == 7
        heads = re.findall(r'<th scope="col">(.*?)</th>', article)
        assert len(heads) in {2, 4}


def axis(response, key: str) -> list[str]:
    """Return what stands under and beside the drawing of a fact."""
    found = re.search(
        rf'aria-labelledby="fact-{key}".*?fact-scale"[^>]*>(.*?)</div>.*?fact-axis">(.*?)</div>',
        response.content.decode(),
        re.DOTALL,
    )
    assert found, f"no drawing of {key}"
    spans = re.findall(r"<span[^>]*>(.*?)</span>", found[1] + found[2], re.DOTALL)
    return [text_of(type(response)(span)) for span in spans]


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("period", ["30d", "90d&by=day"])
def test_the_axis_says_scale_grouping_and_the_ends_of_the_period(
    let_in, address, a_month, language, period
) -> None:
    page = let_in(language).get(f"{address}?period={period}")
    high, low, first, grouped, last = axis(page, "orders")
    assert len({high, low, grouped}) == 3
    scored = axis(page, "nps")
    scale = {"fa": ["۱۰۰", "−۱۰۰"], "ar": ["١٠٠", "−١٠٠"], "en": ["100", "−100"]}[language]
    assert scored[:2] == scale
    # nine answers a month are drawn by week, and the ends are still those of the period
    assert (scored[2], scored[4]) == (first, last)
    weekly = {"fa": "هفتگی", "ar": "أسبوعيًا", "en": "weekly"}[language]
    assert scored[3] == weekly
    assert grouped != weekly


def test_colleagues_see_the_same_weeks(let_in, address, a_month) -> None:
    def drawn(language: str) -> list[str]:
        page = let_in(language).get(f"{address}?period=90d&by=week").content.decode()
        orders = page.partition('aria-labelledby="fact-orders"')[2].partition("</article>")[0]
        return re.findall(r'class="trend-bar[^>]+height="([\d.]+)"', orders)

    assert drawn("fa") == drawn("ar") == drawn("en")


def test_a_definition_says_what_how_and_from_where(let_in, address, a_month) -> None:
    nps = card(let_in("en").get(address), "nps")
    assert "Net Promoter Score: would they recommend us? From −100 to 100." in nps
    assert "Adjusted Wald 95% interval" in nps
    assert re.search(r"Events read 9 Version of the log [\w.]+", nps)


def test_caveats_are_said(let_in, address, a_month, tell) -> None:
    other_scale = an_event(
        "survey_answered",
        days_ago(2),
        customer="z",
        properties={"metric": "nps", "scale_min": 1, "scale_max": 10, "value": 9},
    )
    tell(other_scale, an_event("order_placed", days_ago(2), customer="by phone", amount=500, currency="USD"))
    page = let_in("en").get(address)
    assert "1 answer on another scale was left out." in card(page, "nps")
    assert "1 customer ordered without a visit that we saw" in card(page, "conversion")
    assert "Orders are in 2 currencies, each shown by itself." in card(page, "revenue")
    revenue = card(page, "revenue")
    assert "and 1 other currency, shown apart: $5" in revenue
    assert "Numbers Currency Orders Ordered Paid back IRR 29 72.5 M 0 USD 1 5 0 Day Revenue" in revenue


def test_a_score_leads_to_those_who_gave_it(let_in, shop, address, tell) -> None:
    tell(*(an_answer("csat", 1, days=1, customer=f"c{n}") for n in range(3)))
    page = let_in("fa", "agent").get(f"{address}?period=7d").content.decode()
    csat = page.partition('aria-labelledby="fact-csat"')[2].partition("</article>")[0]
    scores, comments = (unescape(each) for each in re.findall(r'href="(/w/[^"]+/listen/[^"]+)"', csat))
    assert scores == f"/w/{shop.workspace_id}/listen/scores?metric=csat&span=30d"
    assert comments.startswith(f"/w/{shop.workspace_id}/listen/comments?metric=csat&score=0&since=14")
    agent = let_in("fa", "agent")
    assert "رضایت (CSAT)" in agent.get(scores).content.decode()
    assert "is-wrong" not in agent.get(comments).content.decode()  # days of the reader's own calendar
    viewer = let_in("en", "viewer").get(address).content.decode()
    assert "/listen/scores?metric=csat" in viewer
    assert "/listen/comments?" not in viewer


def test_the_week_and_the_cards_do_not_contradict_each_other(let_in, address, tell) -> None:
    tell(
        *(an_answer("csat", 5, days=20, customer=f"now {n}") for n in range(40)),
        *(an_answer("csat", 1, days=33, customer=f"then {n}") for n in range(40)),
        *(an_event("page", days_ago(days, 11), customer=f"c{n}") for days in range(1, 40) for n in range(20)),
    )
    page = let_in("en").get(f"{address}?period=30d")
    week = page.content.decode().partition('class="card week"')[2].partition("</section>")[0]
    assert "Nothing moved beyond chance." in week
    assert "In the time of the cards below, each judged by itself, more than chance:" in week
    assert '<a href="#fact-csat">Satisfaction (CSAT)</a>' in week
    assert '<a href="#fact-nps">' not in week


def test_a_change_says_whether_it_may_be_chance(let_in, address, tell) -> None:
    tell(
        *(an_answer("csat", 5, days=3, customer=f"now {n}") for n in range(40)),
        *(an_answer("csat", 1, days=33, customer=f"then {n}") for n in range(40)),
        *(an_answer("ces", 5 + n % 2, days=3, customer=f"now {n}") for n in range(40)),
        *(an_answer("ces", 5 + n % 2, days=33, customer=f"then {n}") for n in range(40)),
        an_event("page", days_ago(61)),
    )
    page = let_in("en").get(address)
    assert "more than chance" in card(page, "csat")
    assert re.search(r'class="change better"[^>]*>.*?▲', page.content.decode(), re.DOTALL)
    assert "may be chance" in card(page, "ces")


def test_a_shop_whose_data_end_is_not_said_to_collapse(let_in, address, tell) -> None:
    """The same every day, up to 20 days ago: nothing changed, and the page says until when it knows."""
    tell(
        *(
            an_event("order_placed", days_ago(day), customer=f"c{day} {n}", amount=100, currency="IRR")
            for day in range(20, 75)
            for n in range(3)
        )
    )
    page = let_in("en").get(f"{address}?period=30d")
    assert value(page, "orders") == "30"
    assert "30 in the period before" in card(page, "orders")
    assert not any("more than chance" in card(page, each) for each in ("customers", "orders", "revenue"))
    assert "Data until" in facts_of(page).split("What customers did")[0]
    assert card(page, "orders").count("(no data yet)") >= 19
    assert "No comparison: the data end on" in card(let_in("en").get(f"{address}?period=7d"), "orders")


def test_old_data_are_shown_up_to_their_end_when_asked(let_in, address, tell) -> None:
    tell(
        *(
            an_event("order_placed", days_ago(day), customer=f"c{day}", amount=100, currency="IRR")
            for day in range(40, 110)
        )
    )
    browser = let_in("en", "analyst")
    page = browser.get(address)
    assert value(page, "orders") == "0"
    led_to = re.search(r'href="\?([^"]*)"[^>]*>Show the last days of the data<', page.content.decode())
    assert led_to is not None
    at_end = browser.get(f"{address}?{led_to[1].replace('&amp;', '&')}")
    assert value(at_end, "orders") == "30"
    assert "30 in the period before" in card(at_end, "orders")
    assert "Data until" in facts_of(at_end)
    week = re.search(r'href="\?([^"]*)"[^>]*>\W*7\W* days<', at_end.content.decode())
    assert week is not None
    assert value(browser.get(f"{address}?{week[1].replace('&amp;', '&')}"), "orders") == "7"
    file = (
        browser.get(f"{address}?period=30d&by=week&at=end&fact=orders&export=csv")
        .getvalue()
        .decode("utf-8-sig")
    )
    assert sum(int(line.split(",")[1]) for line in file.splitlines()[1:]) == 30, file
    assert "Show the days up to today" in facts_of(at_end)


def test_fresh_data_need_no_word(let_in, address, tell) -> None:
    tell(an_event("page", datetime.now(UTC)))
    assert "Data until" not in facts_of(let_in("en").get(address))


def test_few_answers_are_not_judged(let_in, address, tell) -> None:
    tell(
        *(an_answer("csat", 5, days=3, customer=f"now {n}") for n in range(9)),
        *(an_answer("csat", 1, days=33, customer=f"then {n}") for n in range(40)),
        an_event("page", days_ago(61)),
    )
    page = let_in("en").get(address)
    assert "too few to judge" in card(page, "csat")
    assert 'class="change better"' not in page.content.decode()


def test_young_invitations_give_no_rate_but_a_reason(let_in, address, tell) -> None:
    tell(
        an_event("survey_sent", days_ago(3), customer="a", properties={"invitation_id": "1"}),
        an_event("survey_sent", days_ago(10), customer="b", properties={"invitation_id": "2"}),
        an_event("page", days_ago(61)),
    )
    week = card(let_in("fa").get(f"{address}?period=7d"), "response")
    assert "همهٔ دعوت‌های این دوره کمتر از ۷ روز عمر دارند" in week
    assert "در دورهٔ پیش" not in week.split("جدول")[0]
    assert "کنار گذاشته شد" in week


def test_no_comparison_with_a_time_before_the_log(let_in, address, tell) -> None:
    tell(an_event("page", days_ago(40)), an_event("page", days_ago(3)))
    page = let_in("en").get(address)
    assert "No comparison: the first event is of" in card(page, "customers")
    assert "in the period before" not in card(page, "customers").split("Numbers")[0]


def test_an_empty_workspace_says_how_to_begin(let_in, address, shop) -> None:
    text = text_of(let_in("en").get(address))
    assert "Nothing has happened here yet" in text
    assert f"safar import orders.csv --workspace {shop.workspace_id} --dry-run" in text
    assert "curl http://127.0.0.1/v1/track" in text


@pytest.mark.parametrize(("role", "ways"), [("owner", 2), ("viewer", 0)])
def test_whoever_may_begins_here_and_not_at_the_terminal(let_in, address, shop, role, ways) -> None:
    page = let_in("en", role=role).get(address).content.decode()
    ways_in = [f'href="/w/{shop.workspace_id}/{each}"' for each in ("imports/new", "settings/keys")]
    assert sum(f'class="button" {way}' in page for way in ways_in) == ways


def test_the_command_is_where_make_left_it(tmp_path, monkeypatch) -> None:
    from safar.doors.web.today.first_steps import command, first_steps

    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    monkeypatch.setattr("sys.executable", str(programs / "python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert command() == "safar"  # not installed beside it either: its usual name
    (programs / "safar").touch(mode=0o755)
    assert command() == ".venv/bin/safar"
    assert first_steps("shop", "http://x").dry_run.startswith(
        ".venv/bin/safar import orders.csv --workspace shop"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert command() == str(programs / "safar")
    monkeypatch.setenv("PATH", str(programs))
    assert command() == "safar"


def test_the_first_commands_can_be_given(shop, monkeypatch) -> None:
    from safar.doors.web.today.first_steps import first_steps

    monkeypatch.setattr("safar.doors.web.today.first_steps.command", lambda: "safar")

    steps = first_steps(shop.workspace_id, "http://127.0.0.1:8000")
    for line in (steps.dry_run, steps.take_in, steps.make_key):
        program, name, *words = shlex.split(line)
        assert program == "safar"
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group):
            command, words = command.get_command(click.Context(command), words[0]), words[1:]
        assert command is not None
        _, left, _ = command.make_parser(click.Context(command)).parse_args(list(words))
        assert left == [], line


def test_a_period_in_which_nothing_happened_is_not_an_empty_workspace(let_in, address, tell) -> None:
    tell(an_event("page", days_ago(300)))
    page = let_in("en").get(f"{address}?period=7d")
    assert value(page, "customers") == "0"
    assert "Nobody answered in this period" in card(page, "nps")


def test_htmx_gets_the_part_and_everyone_else_the_page(let_in, address, a_month) -> None:
    browser = let_in("en")
    page = browser.get(f"{address}?period=90d")
    part = browser.get(f"{address}?period=90d", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    full = browser.get(f"{address}?period=90d", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in page.content.decode()
    assert "<html" in full.content.decode()
    assert "<html" not in part.content.decode()
    assert part.content.decode().strip() in page.content.decode()
    assert "HX-Request-Type" in page["Vary"]


def test_every_choice_leads_somewhere(let_in, address, a_month) -> None:
    browser = let_in("fa")
    links = set(re.findall(r'<a href="(\?period=[^"]+)"', browser.get(address).content.decode()))
    # Once the data are a day old there is a link to their end besides.
    assert len([link for link in links if "at=end" not in link]) == 7
    for link in links:
        page = browser.get(address + unescape(link))
        assert page.status_code == 200
        assert page.content.decode().count('aria-current="true"') == 2 - ("7d" in link)


@pytest.mark.parametrize("headers", [{}, {"HX-Request-Type": "partial"}])
def test_a_choice_that_is_not_there_is_refused_in_words(let_in, address, headers) -> None:
    refused = let_in("fa").get(f"{address}?period=31d", headers=headers)
    assert refused.status_code == 400
    text = text_of(refused)
    assert "صفحهٔ امروز چنین دوره‌ای ندارد." in text
    assert 'Did you mean "30d"?' in text
    assert "today.unknown_choice" in text
    assert "چنین دوره‌ای نیست" in text
    english = refused.content.decode().partition("<details")[2]
    assert refused.content.decode().count("Did you mean") == english.count("Did you mean") == 1


def test_another_workspace_is_not_there(let_in, web_home) -> None:
    other = web_home.create_workspace("Other")
    browser = let_in("en")
    for workspace_id in (other.workspace_id, "none", "-", "a" * 60):
        refused = browser.get(f"/w/{workspace_id}/today")
        assert refused.status_code == 404
        assert "Other" not in text_of(refused)


def test_a_member_of_two_workspaces_goes_from_one_to_the_other(let_in, address, web_home) -> None:
    from safar.doors.web.members.services import add_member

    other = web_home.create_workspace("Riyadh shop")
    strange = web_home.create_workspace("Strange shop")
    browser = let_in("en")
    assert "Riyadh shop" not in browser.get(address).content.decode()
    add_member("sara@example.com", "Sara", "en", other.workspace_id)
    page = browser.get(address).content.decode()
    assert f'<a href="/w/{other.workspace_id}/today"><bdi>Riyadh shop</bdi></a>' in page
    assert f'<a href="{address}" aria-current="true">' in page
    assert strange.name not in page
    assert browser.get(f"/w/{other.workspace_id}/today").status_code == 200


def test_one_who_left_sees_nothing(let_in, address) -> None:
    from safar.doors.web.members.models import Member

    browser = let_in("en")
    Member.objects.update(is_active=False)
    assert browser.get(address).status_code == 302


def test_a_member_without_workspace_is_told(browser, web_home) -> None:
    from safar.doors.web.members.models import Member

    browser.force_login(Member.objects.create(email="b@example.com", language="ar"))
    page = browser.get("/")
    assert page.status_code == 403
    assert "لا توجد مساحة عمل بعد" in text_of(page)


def test_the_shops_clock_and_calendar_decide_what_today_is(let_in, address, tell) -> None:
    late = datetime.now(UTC)
    tell(an_event("page", late, customer="now"))
    assert value(let_in("en").get(f"{address}?period=7d"), "customers") == "1"
