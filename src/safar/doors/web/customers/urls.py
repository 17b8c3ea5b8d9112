"""Addresses of the desk Customers, below a workspace. A customer's id may hold anything: it stands in the query."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("customers", views.customers, name="customers"),
    path("customer", views.customer, name="customer"),
    path("customer/part", views.customer_part, name="customer-part"),
    path("customer/join", views.customer_join, name="customer-join"),
    path("customer/erase", views.customer_erase, name="customer-erase"),
    path("customers/erasures/<uuid:erasure_id>", views.erasure, name="erasure"),
]
