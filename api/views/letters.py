"""From rows about letters to what clients and pages are shown of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from api.schemas.common import Sentence
from api.schemas.letters import (
    LetterEventView,
    LetterView,
    PostLineView,
    PostRoomView,
    SentView,
    StopView,
)
from domain.letters import Letter
from letters.catalogue import sentence
from persistence.post.reading import PostDay
from reports.post_days import PostLine


def post_line_view(line: PostLine, language: str) -> PostLineView:
    return PostLineView(
        letter_id=line.letter_id,
        letter=Letter(line.letter),
        claim_id=line.claim_id,
        debtor_id=line.debtor_id,
        what=line.what,
        reason=_told("post-why", line.reason, language),
        channel=line.channel,
        deadline=line.deadline,
        goes_with=line.goes_with,
        receipt=_told("post-receipt", line.receipt, language),
    )


def _told(kind: str, code: str | None, language: str) -> Sentence | None:
    return Sentence(code=code, text=sentence(f"{kind}-{code}", language)) if code else None


def room_view(day: date, post: PostDay, stops: Sequence[Any]) -> PostRoomView:
    return PostRoomView(
        day=day,
        foreseen=post.foreseen,
        waiting=post.waiting,
        sent=post.sent,
        stops=[
            StopView(
                kind=stop.kind,
                reason=stop.reason,
                stopped_at=stop.stopped_at,
                stopped_by=stop.stopped_by,
            )
            for stop in stops
        ],
    )


def letter_view(row: RowMapping) -> LetterView:
    return LetterView(
        letter_id=row["id"],
        letter=Letter(row["letter"]),
        state=row["state"],
        channel=row["channel"],
        claim_ids=[row["claim_id"], *(row["others"] or ())],
        deadline=row["deadline"],
        planned_on=row["planned_on"],
        dispatched_on=row["dispatched_on"],
        delivered_on=row["delivered_on"],
        title=row["title"],
        sent=[SentView(**sent) for sent in row["sent"]],
        events=[LetterEventView(**event) for event in row["events"]],
    )
