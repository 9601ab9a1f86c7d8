"""A story retold from its record, at every single wait of its life, repeats no act."""

from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter

from domain.calendar import COPENHAGEN
from domain.letters import Letter
from domain.record import AgreementRecord, ClaimRecord
from policies.loading import load_policy
from tests.stories.imagined import ImaginedLife
from workflows import rehearsal
from workflows.rehearsal import ClaimTerms, Rehearsal

START = datetime(2026, 1, 5, 9, tzinfo=COPENHAGEN)
POLICY = load_policy("skanderborg")
TERMS = ClaimTerms("parking-fee", START.date(), START.date() + timedelta(days=30))
RECORDS = {ClaimRecord: TypeAdapter(ClaimRecord), AgreementRecord: TypeAdapter(AgreementRecord)}


class PageTurned(Exception):
    def __init__(self, life):
        self.life = life


class PagingPace(rehearsal._RehearsedPace):
    """Turns the page before every sleep but the first of each page."""

    is_fresh = False

    def turn_the_page(self, life):
        if self.is_fresh:
            self.is_fresh = False
        else:
            raise PageTurned(life)


class PagedRehearsal(Rehearsal):
    """Each wait ends the run and a new one begins from the record, as it went over the wire."""

    pages = 0

    def _go_on(self, story):
        try:
            super()._go_on(story)
        except PageTurned as page:
            self.pages += 1
            self._begin_anew(page.life)

    def _begin_anew(self, life):
        adapter = RECORDS[type(life)]
        record = adapter.validate_json(adapter.dump_json(life))
        if isinstance(record, ClaimRecord):
            story = self._tell_claim(record)
        else:
            story = self._tell_agreement(record)
        story.pace.is_fresh = True
        self._go_on(story.run(record))

    def _pace(self):
        return PagingPace(self)


def _record():
    letters = (Letter.DEMAND, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)
    return ClaimRecord("2026-000001", letters=letters, transfer_notice_with=Letter.SECOND_REMINDER)


def _live(seed, kind):
    life = ImaginedLife(POLICY, _record(), TERMS, START, seed, kind)
    acts = life.live(START + timedelta(days=900))
    return [(act.on, act.subject, act.key) for act in acts], life


@pytest.mark.parametrize("seed", range(300))
def test_turning_the_page_at_every_wait_changes_nothing(seed):
    straight, _ = _live(seed, Rehearsal)
    paged, life = _live(seed, PagedRehearsal)
    assert paged == straight
    assert life.rehearsal.pages > 0
    assert len({(subject, key) for _, subject, key in paged}) == len(paged)
