"""What the sandbox's authority has recovered is paid out on the last working day of each month."""

from datetime import date, timedelta

from domain.calendar import add_months, start_of, working_days_before
from gateways.journal import Body, Page
from gateways.ports import NoticeKind

_OWED = "owed-to-claimant"
_HOUR = timedelta(hours=20)


def owe(page: Page, on: date, ore: int) -> None:
    """Recovered on the day *on*, or taken back: it goes with the next payout."""
    if not ore:
        return
    owed = page.noted(_OWED) or {"ore": 0, "planned": ""}
    day = payout_day(on)
    if owed["planned"] < day.isoformat():
        page.will_tell(start_of(day) + _HOUR, _payout(day))
        owed["planned"] = day.isoformat()
    page.note(_OWED, owed | {"ore": owed["ore"] + ore})


def payout_day(on: date) -> date:
    """The last working day of the month, or of the next one where that has passed."""
    last = _last_working_day(on)
    return last if on <= last else _last_working_day(add_months(on.replace(day=1), 1))


def _last_working_day(on: date) -> date:
    first_of_next = add_months(on.replace(day=1), 1)
    return working_days_before(first_of_next, 1)


def _payout(day: date) -> Body:
    return {
        "claim": "", "kind": NoticeKind.PAYOUT.value, "on": day.isoformat(), "delivery": None,
        "code": None, "text": "", "ore": 0,
    }  # fmt: skip


def pay_out(page: Page, event: Body) -> Body | None:
    """All that is owed by then; what was taken back since is kept from the next one."""
    owed = page.noted(_OWED) or {"ore": 0, "planned": ""}
    if owed["ore"] <= 0:
        return None
    page.note(_OWED, owed | {"ore": 0})
    return event | {"ore": owed["ore"]}
