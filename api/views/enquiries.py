"""Enquiries and their figures, made from what the database has."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping

from api.schemas.enquiries import (
    AnswerFigures,
    EnquiryFigures,
    EnquirySummary,
    EnquiryView,
    MessageView,
    RoundView,
)
from domain.enquiries import EnquiryChannel
from persistence.enquiries.reading import AnswerTime
from reports.enquiry_figures import Answering, answering, by_channel, by_month

_COPIED = frozenset(EnquirySummary.model_fields) - {"state", "is_late"}


def view_summary(row: RowMapping, on: date) -> EnquirySummary:
    return EnquirySummary(
        **{name: row[name] for name in _COPIED},
        state="open" if row["state"] == "open" else "answered",
        is_late=is_late(row, on),
    )


def is_late(row: RowMapping, on: date) -> bool:
    """Answered too late, or not answered though its time is out."""
    return bool((row["answered_on"] or on) > row["due_on"])


def view_enquiry(row: RowMapping, rounds: Sequence[RowMapping], on: date) -> EnquiryView:
    summary = view_summary(row, on).model_dump()
    return EnquiryView(**summary, rounds=[_round(one, on) for one in rounds])


def _round(row: RowMapping, on: date) -> RoundView:
    return RoundView(
        messages=[
            MessageView(
                channel=one["channel"],
                sender=one["sender"],
                text=one["text"],
                received_on=one["received_on"],
                attachments=one["attachments"],
                registered_by=one["by"],
            )
            for one in row["messages"]
        ],
        due_on=row["due_on"],
        is_late=is_late(row, on),
        outcome=row["outcome"],
        answer=row["reasons"],
        answered_by=row["answered_by"],
        answered_on=row["answered_on"],
        letter_ids=row["letters"] or [],
    )


def view_figures(times: Sequence[AnswerTime], first: date, last: date, on: date) -> EnquiryFigures:
    channels, months = by_channel(times, on), by_month(times, on)
    return EnquiryFigures(
        first=first,
        last=last,
        total=_figures(answering(times, on)),
        channels=[_figures(one, channel=channel) for channel, one in channels.items()],
        months=[_figures(one, month=month) for month, one in months.items()],
    )


def _figures(
    one: Answering, channel: EnquiryChannel | None = None, month: str | None = None
) -> AnswerFigures:
    return AnswerFigures(
        channel=channel,
        month=month,
        received=one.received,
        answered=one.answered,
        overdue=one.overdue,
        median_days=one.median_days,
        ninetieth_days=one.ninetieth_days,
        within_goal=one.within_goal,
    )
