"""Addresses of cases, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import causes_views, report_views, rule_views, telling_views, views, working_views

urlpatterns = [
    path("listen/cases", views.cases, name="cases"),
    path("listen/cases/new", views.new, name="case-new"),
    path("listen/cases/rules", rule_views.rules, name="case-rules"),
    path("listen/cases/rules/new", rule_views.new, name="case-rule-new"),
    path("listen/cases/rules/<slug:rule_id>", rule_views.rule, name="case-rule"),
    path("listen/cases/rules/<slug:rule_id>/switch", rule_views.switch, name="case-rule-switch"),
    path("listen/cases/rules/<slug:rule_id>/remove", rule_views.remove, name="case-rule-remove"),
    path("listen/cases/causes", causes_views.causes, name="case-causes"),
    path("listen/cases/working-time", working_views.working_time, name="case-working-time"),
    path("listen/cases/report", report_views.report, name="case-report"),
    path("listen/cases/behind", report_views.behind, name="case-opportunities"),
    path("listen/cases/behind/to-map", report_views.to_map, name="case-to-map"),
    path("listen/cases/told", telling_views.messages, name="case-tellings"),
    path("listen/cases/told/new", telling_views.new, name="case-telling-new"),
    path("listen/cases/told/<slug:telling_id>", telling_views.message, name="case-telling"),
    path("listen/cases/<slug:case_id>", views.case, name="case"),
    path("listen/cases/<slug:case_id>/do", views.do, name="case-do"),
]
