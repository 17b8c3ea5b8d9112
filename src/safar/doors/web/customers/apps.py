"""The desk Customers: who they are and what happened to them."""

from __future__ import annotations

from django.apps import AppConfig


class Customers(AppConfig):
    """The application."""

    name = "safar.doors.web.customers"
