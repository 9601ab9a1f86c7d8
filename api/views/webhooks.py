"""Endpoints and their messages, as the page and programs show them."""

from sqlalchemy import RowMapping

from api.schemas.webhooks import DeliveryView, TryView, WebhookView


def webhook_view(row: RowMapping) -> WebhookView:
    return WebhookView(**{name: row[name] for name in WebhookView.model_fields})


def delivery_view(row: RowMapping) -> DeliveryView:
    names = [name for name in DeliveryView.model_fields if name != "tries"]
    tries = [TryView(**one) for one in row["log"] or ()]
    return DeliveryView(tries=tries, **{name: row[name] for name in names})
