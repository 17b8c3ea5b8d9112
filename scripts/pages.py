"""The pages of the people's door, once: what pictures are taken of, what accessibility and weight are tested on, and
what the time to the first paint is measured of.

A new page adds a line here; what it shows is made in `furnish.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Part:
    """A part of a page that is asked for by itself, to be looked at while it is on its way and when it does not come.

    Attributes
    ----------
    asks
        Pattern of its request.
    press
        What to press first; empty for a part that asks unasked.
    busy
        What says that it is on its way; empty where nothing needs to, as it asks again and again.
    broken
        What says that it did not come; empty where the page itself is opened instead.
    """

    asks: str
    press: str = ""
    busy: str = ""
    broken: str = ""


@dataclass(frozen=True)
class Place:
    """One page.

    Attributes
    ----------
    name
        Of its pictures and tests.
    address
        With names of `furnish.Furnished` in braces: ``{w}`` is the workspace.
    states
        Further addresses of the same page by the state they show. `STATUSES` tells which are answered otherwise than
        with 200.
    reader
        Who looks at it: a ``member``, who reads any language; a ``stranger``; somebody who is ``half`` signed in; a
        ``guarded`` member with a second step; a ``newcomer`` to a home that nobody has set up yet.
    press
        What to press to come from the address to the page.
    parts
        Parts of it that are asked for by themselves.
    """

    name: str
    address: str
    states: dict[str, str] = field(default_factory=dict)
    reader: str = "member"
    press: str = ""
    parts: tuple[Part, ...] = ()


#: What a state is answered with, where that is not 200.
STATUSES = {"failing": 400, "wrong": 422, "refused": 403, "missing": 404, "gone": 410, "broken": 500}

PLACES = (
    Place(
        "today",
        "/w/{w}/today",
        {
            "year": "/w/{w}/today?period=year",
            "empty": "/w/{empty}/today",
            "failing": "/w/{w}/today?period=31d",
            "missing": "/w/nobody/today",
            "broken": "/w/{broken}/today",
        },
        parts=(
            Part(
                "**/today?period=*",
                ".today-choices a:not([aria-current])",
                busy="#today[aria-busy=true]",
                broken="#today > [data-broken]",
            ),
        ),
    ),
    Place(
        "journeys-flow",
        "/w/{w}/journeys/flow",
        {
            "nothing": "/w/{w}/journeys/flow?where=plan+%3D+none",
            "empty": "/w/{empty}/journeys/flow",
            "wrong": "/w/{w}/journeys/flow?step=%5B",
            "missing": "/w/{w}/journeys/nothing",
            "broken": "/w/{broken}/journeys/flow",
        },
        parts=(
            Part(
                "**/journeys/flow?*",
                "#question .button:not(.plain)",
                busy="#answer[aria-busy=true]",
                broken="#answer > [data-broken]",
            ),
        ),
    ),
    Place(
        "journeys-funnel",
        "/w/{w}/journeys/funnel",
        {
            "groups": "/w/{w}/journeys/funnel?step=page&step=product_viewed&step=order_placed"
            "&group=A:+did+order_placed+%3E%3D+2&group=B:+did+order_placed+%3C%3D+1",
            "weeks": "/w/{w}/journeys/funnel?step=page&step=order_placed&by=week",
            "saved": "/w/{w}/journeys/saved/{saved}",
        },
    ),
    Place(
        "journeys-paths",
        "/w/{w}/journeys/paths?anchor=cart_added",
        {
            "start": "/w/{w}/journeys/paths",
            "before": "/w/{w}/journeys/paths?anchor=order_placed&direction=before",
            "empty": "/w/{w}/journeys/paths?anchor=never",
        },
    ),
    Place(
        "journeys-step-matrix",
        "/w/{w}/journeys/step_matrix",
        {"versus": "/w/{w}/journeys/step_matrix?anchor=cart_added&positions=5&versus=did+not+order_placed"},
    ),
    Place(
        "journeys-patterns",
        "/w/{w}/journeys/patterns",
        {
            "empty": "/w/{w}/journeys/patterns?pattern=order_placed+%3E+order_placed+%3E+order_placed",
            "wrong": "/w/{w}/journeys/patterns?pattern=a+%3E+(b",
        },
    ),
    Place(
        "journeys-retention",
        "/w/{w}/journeys/retention",
        {
            "own": "/w/{w}/journeys/retention?cohorts=month&clock=7d&returned=after",
            "empty": "/w/{w}/journeys/retention?begins=never",
        },
    ),
    Place("value-overview", "/w/{w}/value", {"empty": "/w/{empty}/value"}),
    Place(
        "value-clv",
        "/w/{w}/value/clv",
        {"empty": "/w/{empty}/value/clv", "wrong": "/w/{w}/value/clv?discount=x"},
    ),
    Place("value-clv-by-segment", "/w/{w}/value/clv_by_segment", {"empty": "/w/{seen}/value/clv_by_segment"}),
    Place("value-rfm", "/w/{w}/value/rfm"),
    Place("value-baskets", "/w/{w}/value/baskets"),
    Place("value-churn", "/w/{w}/value/churn"),
    Place(
        "value-survival",
        "/w/{w}/value/survival",
        {
            "own": "/w/{w}/value/survival?by=payment_method&silence=60",
            "empty": "/w/{w}/value/survival?follow=contract",
            "wrong": "/w/{w}/value/survival?follow=told",
        },
    ),
    Place("value-revenue-retention", "/w/{w}/value/revenue_retention"),
    Place("value-referral", "/w/{w}/value/referral", {"empty": "/w/{seen}/value/referral"}),
    Place("value-wallet", "/w/{w}/value/wallet", {"wrong": "/w/{w}/value/wallet?days=x"}),
    Place("value-service", "/w/{w}/value/service"),
    Place(
        "value-cost-to-serve",
        "/w/{w}/value/cost_to_serve",
        {
            "own": "/w/{w}/value/cost_to_serve?conversation=2&rates=phone+4&period=all",
            "empty": "/w/{seen}/value/cost_to_serve",
            "wrong": "/w/{w}/value/cost_to_serve?rates=phone",
        },
    ),
    Place(
        "value-backlog",
        "/w/{w}/value/backlog",
        {"own": "/w/{w}/value/backlog?promised=8h&every=month", "empty": "/w/{seen}/value/backlog"},
    ),
    Place("value-drivers", "/w/{w}/value/drivers"),
    Place("value-mediation", "/w/{w}/value/mediation"),
    Place(
        "value-penalty-reward",
        "/w/{w}/value/penalty_reward",
        {"own": "/w/{w}/value/penalty_reward?outcome=csat_product&before=365"},
    ),
    Place("value-kano", "/w/{w}/value/kano"),
    Place(
        "value-path-model",
        "/w/{w}/value/path_model",
        {"wrong": "/w/{w}/value/path_model?quality=nps&loyalty=nps"},
    ),
    Place(
        "value-at-risk",
        "/w/{w}/value/value_at_risk",
        {"own": "/w/{w}/value/value_at_risk?own_name=Asked&own_at=order_placed&own_shown=page&own_days=9"},
    ),
    Place("value-change-explained", "/w/{w}/value/change_explained?span=182"),
    Place("value-what-if", "/w/{w}/value/value_what_if?left_late_delivery=50"),
    Place(
        "value-experiment",
        "/w/{w}/value/experiment",
        {"looks": "/w/{w}/value/experiment?event=wishlist_added&within=14&looks=4&look=2"},
    ),
    Place(
        "value-release",
        "/w/{w}/value/release?at=2026-09-01",
        {
            "others": "/w/{w}/value/release?at=2026-09-01&metric=orders&got_it=has&who=city+%3D+Tehran",
            "nothing": "/w/{w}/value/release?at=2001-01-01",
            "wrong": "/w/{w}/value/release?got_it=has",
        },
    ),
    Place("value-estimates", "/w/{w}/value/estimates"),
    Place("value-estimate-new", "/w/{w}/value/estimates/new"),
    Place("value-recommendations", "/w/{w}/value/recommendations"),
    Place(
        "value-next-best-action",
        "/w/{w}/value/next_best_action",
        {
            "own": "/w/{w}/value/next_best_action?within=14&counted=amount",
            "nothing": "/w/{seen}/value/next_best_action",
        },
    ),
    Place(
        "actions",
        "/w/{w}/value/actions",
        {"empty": "/w/{empty}/value/actions", "away": "/w/{w}/value/actions?archived=1"},
    ),
    Place("action-new", "/w/{w}/value/actions/new", {"refused": "/w/{seen}/value/actions/new"}),
    Place("action", "/w/{w}/value/actions/{action}", {"missing": "/w/{w}/value/actions/nothing"}),
    Place("actions-choosing", "/w/{w}/value/actions/choosing"),
    Place("journeys-sessions", "/w/{w}/journeys/sessions", {"empty": "/w/{w}/journeys/sessions?step=never"}),
    Place("journeys-variants", "/w/{w}/journeys/variants", {"empty": "/w/{w}/journeys/variants?step=never"}),
    Place(
        "journeys-behind",
        "/w/{w}/journeys/funnel/behind?step=page&step=order_placed&cell=%7B%22step%22%3A1%2C%22lost%22%3A0%7D",
        {"failing": "/w/{w}/journeys/funnel/behind?step=page&step=order_placed&cell=x"},
    ),
    Place(
        "journeys-trends",
        "/w/{w}/journeys/trends",
        {
            "lines": "/w/{w}/journeys/trends?by=channel&beside=previous",
            "seasons": "/w/{w}/journeys/trends?event=order_placed&period=all&every=month&beside=jalali",
            "nothing": "/w/{w}/journeys/trends?event=nothing",
            "empty": "/w/{empty}/journeys/trends",
        },
    ),
    Place(
        "journeys-attribution",
        "/w/{w}/journeys/attribution",
        {
            "nothing": "/w/{w}/journeys/attribution?conversion=nothing",
            "empty": "/w/{empty}/journeys/attribution",
        },
    ),
    Place("journeys-pages", "/w/{w}/journeys/pages", {"empty": "/w/{empty}/journeys/pages"}),
    Place("journeys-sources", "/w/{w}/journeys/sources"),
    Place("journeys-searches", "/w/{w}/journeys/searches"),
    Place("journeys-goals", "/w/{w}/journeys/goals"),
    Place(
        "journeys-compare",
        "/w/{w}/journeys/compare",
        {
            "groups": "/w/{w}/journeys/compare?about=pages&against=groups&one=Buyers%3A+did+order_placed",
            "empty": "/w/{empty}/journeys/compare",
        },
    ),
    Place(
        "journeys-what-if",
        "/w/{w}/journeys/what-if",
        {
            "edited": "/w/{w}/journeys/what-if?from1=cart_added&much1=20",
            "wrong": "/w/{w}/journeys/what-if?from1=cart_added",
            "empty": "/w/{empty}/journeys/what-if",
        },
    ),
    Place("journeys-saved", "/w/{w}/journeys/saved", {"empty": "/w/{empty}/journeys/saved"}),
    Place("value-saved", "/w/{w}/value/saved", {"empty": "/w/{empty}/value/saved"}),
    Place("journeys-saved-edit", "/w/{w}/journeys/saved/{saved}/edit"),
    Place("journeys-saved-delete", "/w/{w}/journeys/saved/{saved}/delete"),
    Place(
        "maps",
        "/w/{w}/journeys/maps",
        {"archive": "/w/{w}/journeys/maps?archive=1", "empty": "/w/{empty}/journeys/maps"},
    ),
    Place(
        "living-map",
        "/w/{w}/journeys/maps/{map}",
        {
            "opened": "/w/{w}/journeys/maps/{map}?about=fitness",
            "designed": "/w/{w}/journeys/maps/{map}?mode=designed",
            "compared": "/w/{w}/journeys/maps/{map}?mode=compare",
            "walk": "/w/{w}/journeys/maps/{map}?customer={customer}",
            "silent": "/w/{w}/journeys/maps/{map}?since=2020-01-01&until=2020-01-31",
            "empty": "/w/{empty}/journeys/maps/{silent-map}",
            "missing": "/w/{w}/journeys/maps/nothing",
        },
    ),
    Place("living-behind", "/w/{w}/journeys/maps/{map}/behind?about=customers"),
    Place("living-thread", "/w/{w}/journeys/maps/{map}/thread?q={customer}"),
    Place("map-new", "/w/{w}/journeys/maps/new", {"refused": "/w/{seen}/journeys/maps/new"}),
    Place(
        "map-edit",
        "/w/{w}/journeys/maps/{map}/edit",
        {
            "card": "/w/{w}/journeys/maps/{map}/edit?at=card/{map-card}",
            "step": "/w/{w}/journeys/maps/{map}/edit?at=step/{map-step}&language=ar",
            "moves": "/w/{w}/journeys/maps/{map}/edit?at=moves",
            "lane": "/w/{w}/journeys/maps/{map}/edit?at=new-lane",
            "missing": "/w/{w}/journeys/maps/nothing/edit",
        },
    ),
    Place("map-proposals", "/w/{w}/journeys/maps/{map}/proposals"),
    Place("map-comments", "/w/{w}/journeys/maps/{map}/comments"),
    Place("map-versions", "/w/{w}/journeys/maps/{map}/versions"),
    Place("map-version", "/w/{w}/journeys/maps/{map}/versions/{version}"),
    Place("map-settings", "/w/{w}/journeys/maps/{map}/settings"),
    Place("map-shares", "/w/{w}/journeys/maps/{map}/shares"),
    Place("design", "/design", {"failing": "/design?after=x"}),
    Place("design-confirm", "/design/confirm"),
    Place(
        "events",
        "/w/{w}/events",
        {
            "filtered": "/w/{w}/events?name=order_placed&channel=web",
            "nothing": "/w/{w}/events?customer=nobody",
            "empty": "/w/{empty}/events",
            "failing": "/w/{w}/events?before=x",
            "refused": "/w/{seen}/events",
            "broken": "/w/{broken}/events",
        },
        parts=(
            Part("**/events?version=*", broken="#live.is-lost"),
            Part("**/events/event?*", "#events-rows a[data-dialog]", busy="html.is-busy"),
        ),
    ),
    Place("event", "/w/{w}/events/event?of={event}", {"missing": "/w/{w}/events/event"}),
    Place(
        "customers",
        "/w/{w}/customers",
        {
            "found": "/w/{w}/customers?q={customer}",
            "segment": "/w/{w}/customers?segment={segment}&sort=-spent",
            "scores": "/w/{w}/customers?sort=score",
            "nothing": "/w/{w}/customers?q=nobody",
            "empty": "/w/{empty}/customers",
            "refused": "/w/{seen}/customers",
            "broken": "/w/{broken}/customers",
        },
    ),
    Place(
        "customer",
        "/w/{w}/customer?id={customer}",
        {
            "messages": "/w/{w}/customer?id={customer}&kind=messages",
            "missing": "/w/{w}/customer?id=nobody",
        },
    ),
    Place(
        "comments",
        "/w/{w}/listen/comments",
        {
            "filtered": "/w/{w}/listen/comments?sentiment=-1&kind=complaint",
            "aspect": "/w/{w}/listen/comments?aspect=delivery&feels=-1",
            "nothing": "/w/{w}/listen/comments?q=nothing-is-like-this",
            "numbers": "/w/{seen}/listen/comments",
            "empty": "/w/{empty}/listen/comments",
            "missing": "/w/nobody/listen/comments",
        },
    ),
    Place(
        "comment",
        "/w/{w}/listen/comments/{comment}",
        {"missing": "/w/{w}/listen/comments/999999999"},
    ),
    Place(
        "comments-summary",
        "/w/{w}/listen/comments/summary",
        {"nothing": "/w/{w}/listen/comments/summary?q=nothing-is-like-this"},
    ),
    Place("comments-endpoint", "/w/{w}/listen/comments/summary/model"),
    Place(
        "label-quality",
        "/w/{w}/listen/comments/labels",
        {"empty": "/w/{empty}/listen/comments/labels"},
    ),
    Place(
        "aspects",
        "/w/{w}/listen/aspects",
        {
            "nothing": "/w/{w}/listen/aspects?days=30&survey=nothing-is-like-this",
            "numbers": "/w/{seen}/listen/aspects",
            "empty": "/w/{empty}/listen/aspects",
        },
    ),
    Place(
        "topics",
        "/w/{w}/listen/topics",
        {"numbers": "/w/{seen}/listen/topics", "empty": "/w/{empty}/listen/topics"},
    ),
    Place("topic", "/w/{w}/listen/topics/{topic}", {"missing": "/w/{w}/listen/topics/nothing"}),
    Place("topic-new", "/w/{w}/listen/topics/new"),
    Place("topics-proposal", "/w/{w}/listen/topics/found/{proposal}"),
    Place(
        "scores",
        "/w/{w}/listen/scores",
        {
            "all": "/w/{w}/listen/scores?span=all",
            "empty": "/w/{empty}/listen/scores",
            "missing": "/w/nobody/listen/scores",
        },
    ),
    Place(
        "score",
        "/w/{w}/listen/scores/one?key=nps&by=language&span=365d",
        {
            "weighed": "/w/{w}/listen/scores/one?key=csat_delivery&span=365d&weigh=channel&share:channel:app=30"
            "&share:channel:email=30&share:channel:sms=40&by=segment&wish=5&beside=season",
            "half": "/w/{w}/listen/scores/one?key=csat_delivery&span=365d&weigh=language&by=channel&channel=sms",
            "missing": "/w/{w}/listen/scores/one?key=nothing",
        },
    ),
    Place(
        "score-answers",
        "/w/{w}/listen/scores/answers?key=nps&span=all&lowest=0&highest=6",
        {
            "nobody": "/w/{w}/listen/scores/answers?key=nps&span=all&lowest=3.5&highest=3.5",
            "refused": "/w/{seen}/listen/scores/answers?key=nps",
        },
    ),
    Place(
        "segments",
        "/w/{w}/customers/segments",
        {
            "archive": "/w/{w}/customers/segments?archived=1",
            "empty": "/w/{empty}/customers/segments",
            "missing": "/w/nobody/customers/segments",
        },
    ),
    Place(
        "segment",
        "/w/{w}/customers/segments/{segment}",
        {
            "nobody": "/w/{w}/customers/segments/{silent-segment}",
            "missing": "/w/{w}/customers/segments/nothing",
        },
    ),
    Place(
        "segment-new",
        "/w/{w}/customers/segments/new",
        {"refused": "/w/{seen}/customers/segments/new", "empty": "/w/{empty}/customers/segments/new"},
        parts=(
            Part(
                "**/segments/new?part=editor",
                ".views button[value='view.text']",
                busy="#editor[aria-busy=true]",
                broken="#editor > [data-broken]",
            ),
        ),
    ),
    Place(
        "segment-edit",
        "/w/{w}/customers/segments/{segment}/edit",
        parts=(Part("**/segments/preview", broken="[data-live] > [data-broken]"),),
    ),
    Place("segment-archive", "/w/{w}/customers/segments/{segment}/archive"),
    Place(
        "personas",
        "/w/{w}/customers/personas",
        {"empty": "/w/{empty}/customers/personas", "missing": "/w/nobody/customers/personas"},
    ),
    Place(
        "persona",
        "/w/{w}/customers/personas/{persona}",
        {"missing": "/w/{w}/customers/personas/nothing"},
    ),
    Place("persona-new", "/w/{w}/customers/personas/new", {"refused": "/w/{seen}/customers/personas/new"}),
    Place("persona-edit", "/w/{w}/customers/personas/{persona}/edit"),
    Place("persona-away", "/w/{w}/customers/personas/{persona}/away"),
    Place(
        "persona-drafts",
        "/w/{w}/customers/personas/drafts",
        {"empty": "/w/{empty}/customers/personas/drafts"},
    ),
    Place(
        "persona-run",
        "/w/{w}/customers/personas/drafts/{drafts}",
        {"looking": "/w/{w}/customers/personas/drafts/{drafting}"},
    ),
    Place(
        "surveys",
        "/w/{w}/listen/surveys",
        {
            "archive": "/w/{w}/listen/surveys?archive=1",
            "numbers": "/w/{seen}/listen/surveys",
            "empty": "/w/{empty}/listen/surveys",
        },
    ),
    Place("survey-new", "/w/{w}/listen/surveys/new"),
    Place(
        "survey",
        "/w/{w}/listen/surveys/{survey}?at=question/heard",
        {
            "add": "/w/{w}/listen/surveys/{survey}?at=add",
            "logic": "/w/{w}/listen/surveys/{survey}?at=logic",
            "jump": "/w/{w}/listen/surveys/{survey}?at=jumps/0",
            "settings": "/w/{w}/listen/surveys/{survey}?at=settings",
            "missing": "/w/{w}/listen/surveys/nothing",
        },
    ),
    Place(
        "survey-translation",
        "/w/{w}/listen/surveys/{survey}/translation",
        {"missing-texts": "/w/{w}/listen/surveys/{survey}/translation?missing=1&add=tr"},
    ),
    Place("survey-publish", "/w/{w}/listen/surveys/{survey}/publish"),
    Place("survey-versions", "/w/{w}/listen/surveys/{survey}/versions"),
    Place(
        "survey-ask", "/w/{w}/listen/surveys/{survey}/ask", {"missing": "/w/{w}/listen/surveys/nothing/ask"}
    ),
    Place(
        "survey-round-new",
        "/w/{w}/listen/surveys/{survey}/ask/new",
        parts=(
            Part(
                "**/ask/new/foreseen?*",
                "input[name=channel][value=sms]",
                busy="#foreseen[aria-busy=true]",
                broken="#foreseen > [data-broken]",
            ),
        ),
    ),
    Place(
        "survey-round",
        "/w/{w}/listen/surveys/{survey}/ask/{round}",
        {"filtered": "/w/{w}/listen/surveys/{survey}/ask/{round}?status=no_address"},
    ),
    Place("survey-widget", "/w/{w}/listen/surveys/{survey}/ask/links/{widget}/appears"),
    Place("contact-budget", "/w/{w}/listen/contact"),
    Place("ask-no-more", "/s/{asked}/stop", reader="stranger"),
    Place(
        "survey-results",
        "/w/{w}/listen/surveys/{survey}/results",
        {
            "nothing": "/w/{w}/listen/surveys/{survey}/results?language=ar",
            "missing": "/w/{w}/listen/surveys/nothing/results",
        },
    ),
    Place(
        "survey-responses",
        "/w/{w}/listen/surveys/{survey}/responses",
        {"empty": "/w/{w}/listen/surveys/{survey}/responses?tests=1"},
    ),
    Place(
        "survey-made-file",
        "/w/{w}/listen/surveys/{survey}/files/{file-written}",
        {
            "under-way": "/w/{w}/listen/surveys/{survey}/files/{file-under-way}",
            "missing": "/w/{w}/listen/surveys/{survey}/files/{work-done}",
        },
    ),
    Place("survey-response", "/w/{w}/listen/surveys/{survey}/responses/{response}"),
    Place("survey-bring", "/w/{w}/listen/surveys/{survey}/bring"),
    Place("survey-bring-plan", "/w/{w}/listen/surveys/{survey}/bring/{answers}"),
    Place(
        "cases",
        "/w/{w}/listen/cases?which=live",
        {"closed": "/w/{w}/listen/cases?which=closed", "empty": "/w/{empty}/listen/cases"},
    ),
    Place(
        "case",
        "/w/{w}/listen/cases/{case}",
        {"closed": "/w/{w}/listen/cases/{case-closed}", "missing": "/w/{w}/listen/cases/nothing"},
    ),
    Place("case-new", "/w/{w}/listen/cases/new?customer={customer}"),
    Place("case-rules", "/w/{w}/listen/cases/rules", {"empty": "/w/{empty}/listen/cases/rules"}),
    Place(
        "case-rule",
        "/w/{w}/listen/cases/rules/{case-rule}",
        {"text": "/w/{w}/listen/cases/rules/{case-rule}?as=text"},
        press="button[value=try]",
    ),
    Place("case-rule-new", "/w/{w}/listen/cases/rules/new?usual=2"),
    Place("case-causes", "/w/{w}/listen/cases/causes", {"empty": "/w/{empty}/listen/cases/causes"}),
    Place("case-working-time", "/w/{w}/listen/cases/working-time"),
    Place("case-report", "/w/{w}/listen/cases/report", {"empty": "/w/{empty}/listen/cases/report"}),
    Place("case-behind", "/w/{w}/listen/cases/behind", {"empty": "/w/{empty}/listen/cases/behind"}),
    Place("case-tellings", "/w/{w}/listen/cases/told", {"empty": "/w/{empty}/listen/cases/told"}),
    Place("case-telling", "/w/{w}/listen/cases/told/{telling}"),
    Place("case-telling-new", "/w/{w}/listen/cases/told/new"),
    Place("settings-webhooks", "/w/{w}/settings/webhooks", {"empty": "/w/{empty}/settings/webhooks"}),
    Place("settings-webhook", "/w/{w}/settings/webhooks/{webhook}?secret=shown"),
    Place("customer-erase", "/w/{w}/customer/erase?id={customer}"),
    Place("erasure", "/w/{w}/customers/erasures/{erasure}"),
    Place("imports", "/w/{w}/imports", {"empty": "/w/{empty}/imports", "refused": "/w/{seen}/imports"}),
    Place("import-new", "/w/{w}/imports/new"),
    Place("import-columns", "/w/{w}/imports/{waiting}/columns", {"gone": "/w/{w}/imports/{gone}/columns"}),
    Place("import-mapping", "/w/{w}/imports/{waiting}/mapping"),
    Place("import-trial", "/w/{w}/imports/{tried}/trial", {"trying": "/w/{w}/imports/{trying}/trial"}),
    Place(
        "import-report",
        "/w/{w}/imports/{finished}",
        {
            "stopped": "/w/{w}/imports/{stopped}",
            "failed": "/w/{w}/imports/{failed}",
            "undone": "/w/{w}/imports/{undone}",
        },
    ),
    Place(
        "import-running",
        "/w/{w}/imports/{running}",
        parts=(Part("**/w/demo/work/*", busy=".work[aria-busy=true]", broken=".work > [data-broken]"),),
    ),
    Place("import-undo", "/w/{w}/imports/{finished}/undo"),
    Place("works", "/w/{w}/work", {"empty": "/w/{empty}/work"}),
    Place(
        "work",
        "/w/{w}/work/{work-running}",
        {
            "waiting": "/w/{w}/work/{work-waiting}",
            "failed": "/w/{w}/work/{work-failed}",
            "done": "/w/{w}/work/{work-done}",
        },
    ),
    Place("settings-workspace", "/w/{w}/settings/workspace"),
    Place("settings-forget", "/w/{w}/settings/workspace/forget/400"),
    Place("settings-members", "/w/{w}/settings/members", {"refused": "/w/{seen}/settings/members"}),
    Place("settings-member", "/w/{w}/settings/members/{member}"),
    Place("settings-member-remove", "/w/{w}/settings/members/{member}/remove"),
    Place("settings-keys", "/w/{w}/settings/keys", {"empty": "/w/{empty}/settings/keys"}),
    Place("settings-key", "/w/{w}/settings/keys/{key}"),
    Place("settings-key-revoke", "/w/{w}/settings/keys/{key}/revoke"),
    Place("settings-changes", "/w/{w}/settings/changes"),
    Place("settings-health", "/w/{w}/settings/health", {"damaged": "/w/{broken}/settings/health"}),
    Place("me", "/me"),
    Place("me-password", "/me/password"),
    Place("me-confirm", "/me/confirm"),
    Place("me-two-factor", "/me/two-factor"),
    Place("me-two-factor-on", "/me/two-factor", reader="guarded"),
    Place(
        "me-recovery-codes", "/me/two-factor", reader="guarded", press="form[action$='recovery-codes'] button"
    ),
    Place("me-sessions", "/me/sessions"),
    Place("me-tokens", "/me/tokens"),
    Place("me-workspaces", "/me/workspaces"),
    Place("installation-health", "/installation/health"),
    Place("installation-backups", "/installation/backups"),
    Place("installation-backup", "/installation/backups/{backup}"),
    Place("installation-backup-delete", "/installation/backups/{backup}/delete"),
    Place("installation-workspaces", "/installation/workspaces"),
    Place("installation-changes", "/installation/changes"),
    Place("api", "/api/"),
    Place("welcome", "/welcome/{welcome}", reader="newcomer"),
    Place("invitation", "/invitation/{invitation}", reader="stranger"),
    Place("reset", "/reset/{reset}", {"refused": "/reset/no-link"}, reader="stranger"),
    Place("sign-in", "/sign-in", {"link": "/sign-in/not-a-link"}, reader="stranger"),
    Place("sign-in-code", "/sign-in/code", reader="half"),
    Place("forgotten", "/forgotten", reader="stranger"),
)
