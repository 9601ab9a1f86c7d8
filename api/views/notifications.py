"""What someone is mailed, as the page and programs show it."""

from sqlalchemy import RowMapping

from api.schemas.notifications import SentMail, Wish
from domain.telling.mail_wishes import MailWish


def wish_view(wish: MailWish) -> Wish:
    return Wish(
        has_digest=wish.has_digest,
        hour=wish.hour,
        weekdays=list(wish.weekdays),
        is_told_at_once=wish.is_told_at_once,
        language="en" if wish.language == "en" else "da",
    )


def wish_of(body: Wish) -> MailWish:
    days = tuple(body.weekdays)
    return MailWish(body.has_digest, body.hour, days, body.is_told_at_once, body.language)


def mail_view(row: RowMapping) -> SentMail:
    return SentMail(**{name: row[name] for name in SentMail.model_fields})
