"""Addresses of comments and topics, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import aspect_views, quality_views, summary_views, topic_views, views

urlpatterns = [
    path("listen/comments", views.comments, name="comments"),
    path("listen/comments/summary", summary_views.summary, name="comments-summary"),
    path("listen/comments/summary/model", summary_views.endpoint, name="comments-endpoint"),
    path("listen/comments/summary/model/remove", summary_views.remove, name="comments-endpoint-remove"),
    path("listen/comments/labels", quality_views.quality, name="label-quality"),
    path("listen/comments/labels/learning", quality_views.learning, name="label-learning"),
    path("listen/comments/labels/second-reading", quality_views.second, name="label-second-reading"),
    path("listen/comments/labels/check", quality_views.check, name="label-check"),
    path("listen/comments/<int:comment_id>", views.comment, name="comment"),
    path("listen/comments/<int:comment_id>/label", views.label, name="comment-label"),
    path(
        "listen/comments/<int:comment_id>/corrections/<int:correction_id>/undo",
        views.undo,
        name="comment-undo",
    ),
    path("listen/aspects", aspect_views.aspects, name="aspects"),
    path("listen/topics", topic_views.topics, name="topics"),
    path("listen/topics/new", topic_views.new, name="topic-new"),
    path("listen/topics/merge", topic_views.merge, name="topics-merge"),
    path("listen/topics/discover", topic_views.discover, name="topics-discover"),
    path("listen/topics/found/<slug:proposal_id>", topic_views.proposal, name="topics-proposal"),
    path("listen/topics/found/<slug:proposal_id>/take", topic_views.take, name="topics-take"),
    path("listen/topics/found/<slug:proposal_id>/aside", topic_views.aside, name="topics-aside"),
    path("listen/topics/<slug:topic_id>", topic_views.topic, name="topic"),
    path("listen/topics/<slug:topic_id>/names", topic_views.names, name="topic-names"),
    path("listen/topics/<slug:topic_id>/words", topic_views.words, name="topic-words"),
    path("listen/topics/<slug:topic_id>/split", topic_views.split, name="topic-split"),
    path("listen/topics/<slug:topic_id>/to-map", topic_views.to_map, name="topic-to-map"),
    path("listen/topics/<slug:topic_id>/archive", topic_views.archive, name="topic-archive"),
]
