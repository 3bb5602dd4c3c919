"""Which address leads where."""

from __future__ import annotations

from django.urls import path

from arrears.api.app import api
from arrears.api.metrics import metrics
from arrears.api.unsubscribing import unsubscribe

urlpatterns = [
    path("api/v1/", api.urls),
    path("metrics", metrics),
    path("unsubscribe/<str:mark>", unsubscribe),
]
