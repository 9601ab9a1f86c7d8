"""What the tables, the stories and the outside world say of each other when all is at rest."""

import asyncio
from collections import defaultdict

from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus

from domain.decisions import OUTCOMES_WITH_A_DAY, Outcome
from gateways.choose import choose
from persistence.claims.records import claim_record
from persistence.post.arriving import message_id
from persistence.trail.verifying import find_breaks
from tests.chaos.people import SOURCE
from workflows.claim import ClaimWorkflow

_AT_ONCE = asyncio.Semaphore(20)

# What still moves by itself. A claim at rest has ended or waits for a person.
_RESTLESS = """
select 'message ' || name || ' to ' || target as what from outbox where delivered_at is null
union all select 'letter ' || l.id || ' ' || l.state from letters l
  where l.state in ('requested', 'dispatched')
union all select 'action ' || id || ' ' || state from recovery_actions
  where state in ('requested', 'submitted')
union all select 'agreement ' || id from agreements where state = 'active'
union all select 'claim ' || id || ' waits: ' || stage || ' ' || waiting_for from claims c
  where ending is null and not exists (select from tasks t where t.claim_id = c.id
    and t.state = 'open' and (t.subject = c.id and t.key = c.waiting_for
      or t.kind = 'undelivered-letter'))"""

_UNBALANCED = """
select c.id, c.balance_ore, sum(e.amount_ore), c.ledger_seq, count(e.id)
from claims c left join ledger_entries e on e.claim_id = c.id group by c.id
having c.balance_ore is distinct from sum(e.amount_ore) or c.ledger_seq <> count(e.id)"""

_UNPLACED = """
select p.id, p.amount_ore, p.unused_ore, sum(v.amount_ore)
from payments p left join ledger_entries e on e.payment_id = p.id
left join ledger_coverage v on v.payment_entry_id = e.id group by p.id
having p.amount_ore <> p.unused_ore + coalesce(sum(v.amount_ore), 0)"""

_LETTERS = """
select l.id, l.channel, l.body, l.state = 'cancelled' and l.dispatched_on is null as is_unsent,
  (select count(*) from tasks t join decisions d on d.task_id = t.id
    where t.subject = 'letter-' || l.id and d.outcome = :retry) as resends from letters l"""


RELEASED = "select id from holds where released_on is not null"


class Findings:
    def __init__(self, database, client, policy, clock, world):
        self.database, self.client, self.policy = database, client, policy
        self.clock, self.gateways = clock, choose(world)
        self.is_restored = False
        """Then stories may have been ended by the rebuilding, and those of the past be unknown."""
        self.lost_letters, self.lost_actions, self.lost_messages = range(0), range(0), set()

    def lose(self, letters, actions, messages):
        """An older database was restored: the world knows numbers beyond the first of each pair.

        Up to the second; they were not given again. *messages*: what it took since then. Sent
        again it is dropped, so what was said first is what the debtor has.
        """
        self.is_restored, self.lost_messages = True, messages
        self.lost_letters, self.lost_actions = (
            range(first + 1, last + 1) for first, last in (letters, actions)
        )

    async def rows(self, query, **values):
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query), values)]

    async def values(self, query, **values):
        return [row[0] for row in await self.rows(query, **values)]

    async def check_promises(self, promised):
        """What the API said yes to is there, once; and nothing that nobody asked for."""
        assert sorted(await self.claims()) == sorted(promised.claims.items())
        payments = [(reference, *facts) for reference, facts in promised.payments.items()]
        assert sorted(await self.payments()) == sorted(payments)
        decisions = await self.decisions()
        assert {(task, *facts) for task, facts in promised.decisions.items()} <= set(decisions)
        assert {reasons for _, _, reasons in decisions} <= promised.reasons
        assert sorted(await self.holds()) == sorted(promised.holds.items())
        released = await self.values(RELEASED)
        assert promised.releases <= set(released)
        withdrawn = await self.values("select id from claims where is_withdrawn")
        assert promised.withdrawals <= set(withdrawn)

    async def check_consistency(self):
        assert await self.botched() == []
        assert await self.mistold() == []
        assert await self.misremembered() == []
        assert await self.acts_not_audited_once() == []
        assert await self.misposted() == []
        assert await self.misreported() == []
        assert await self.unbalanced() == []
        assert await self.broken_links() == []

    async def restless(self):
        return await self.values(_RESTLESS)

    async def claims(self):
        found = "select reference, id from claims where source = :source"
        return await self.rows(found, source=SOURCE)

    async def payments(self):
        return await self.rows("select source_reference, claim_id, amount_ore from payments")

    async def decisions(self):
        return await self.rows("select task_id, outcome, reasons from decisions")

    async def holds(self):
        return await self.rows("select id, note from holds where reason <> 'agreement'")

    async def unbalanced(self):
        return await self.rows(_UNBALANCED) + await self.rows(_UNPLACED)

    async def broken_links(self):
        async with self.database.transaction() as connection:
            return await find_breaks(connection)

    async def acts_not_audited_once(self):
        return await self.rows("""
            select a.subject, a.key, count(u.id) from acts a left join audit u
              on u.subject = a.subject and u.actor = 'story' and u.facts ->> 'key' = a.key
            group by a.subject, a.key having count(u.id) <> 1""")

    async def misposted(self):
        """Letters whose messages, taken by the counterparts, are not the attempts we know of."""
        taken, wrong = self._taken(), []
        for number, channel, body, is_unsent, resends in await self.rows(
            _LETTERS, retry=Outcome.RETRY.value
        ):
            messages = taken.pop(number, {})
            physical = [message_id(number, "physical-post", n) for n in range(resends + 1)]
            possible = {message_id(number, "digital-post", 0), *physical}
            last = message_id(number, channel, resends)
            is_as_told = messages.get(last) == (None if is_unsent else body)
            is_as_told |= last in self.lost_messages & messages.keys()
            if not is_as_told or not messages.keys() <= possible:
                wrong.append((number, channel, is_unsent, resends, sorted(messages)))
        return wrong + sorted(taken.keys() - set(self.lost_letters))

    def messages(self):
        """The ids that the counterparts have taken."""
        return {identity for messages in self._taken().values() for identity in messages}

    def _taken(self):
        """By letter, and by message id: the text that went out. A counterpart takes an id once."""
        taken = defaultdict(dict)
        for post in (self.gateways.digital_post, self.gateways.physical_post):
            for offer in post.sent():
                taken[int(offer.id.split("-")[1])][offer.id] = offer.body["body"]
        return taken

    async def misreported(self):
        """Actions that the authority has and we do not think it has, or the other way round.

        What it would have refused was refused here, and never sent.
        """
        found = """select 'action-' || id from recovery_actions a
            where (submitted_on is not null or state in ('executed', 'rejected', 'in-hearing'))
              and not exists (select from recovery_notices n where n.number = -a.id)"""
        sent = {offer.id for offer in self.gateways.recovery_authority.sent()}
        lost = {f"action-{number}" for number in self.lost_actions}
        return sorted((sent - lost) ^ set(await self.values(found)))

    async def mistold(self):
        """Stories that do not run though they should, or have not ended as the tables say."""
        should = await self.rows("""
            select 'claim-' || id, ending from claims union all
            select 'agreement-' || id, nullif(state, 'active') from agreements""")
        return [fault for fault in await _all(self._mistold(*story) for story in should) if fault]

    async def _mistold(self, story, ending):
        if ending is not None and self.is_restored:
            return None
        handle = self.client.get_workflow_handle(story)
        status = (await handle.describe()).status
        if ending is None:
            return None if status is WorkflowExecutionStatus.RUNNING else (story, status.name)
        if status is not WorkflowExecutionStatus.COMPLETED:
            return (story, ending, status.name)
        result = await handle.result()
        return None if result == ending else (story, ending, result)

    async def botched(self):
        """Executions of any kind that ended badly."""
        ended_by_us = "" if self.is_restored else ", 'Terminated'"
        bad = f"ExecutionStatus in ('Failed', 'TimedOut', 'Canceled'{ended_by_us})"
        return [f"{run.id} {run.status.name}" async for run in self.client.list_workflows(bad)]

    async def misremembered(self):
        """Living claims whose story and whose tables remember different things."""
        living = await self.values("select id from claims where ending is null")
        return [fault for fault in await _all(map(self._misremembered, living)) if fault]

    async def _misremembered(self, claim):
        handle = self.client.get_workflow_handle_for(ClaimWorkflow.run, f"claim-{claim}")
        told = _memory(await handle.query(ClaimWorkflow.current))
        async with self.database.transaction() as connection:
            on = self.clock.town_start.date()
            known = _memory(await claim_record(connection, self.policy, claim, self.clock, on))
        return None if told == known else (claim, _difference(told, known))


def _memory(record):
    """What a story would do again, or leave undone, if it remembered it wrongly."""
    waits = tuple(f"{outcome}-" for outcome in OUTCOMES_WITH_A_DAY)
    # A claim that came along in another's agreement hears how it ended, and waits for its hold.
    agreed = {answer.agreement for answer in record.answers.values()}
    return {
        "acts": {key for key in record.acts if not key.startswith(waits)},
        "answers": record.answers,
        "rounds": record.rounds,
        "agreements": {a: how for a, how in record.agreements.items() if a in agreed},
        "news": record.news,
        "rejections": record.rejections,
        "is_with_collector": record.is_with_collector,
        "is_withdrawn": record.is_withdrawn,
    }


def _difference(told, known):
    return {name: (told[name], known[name]) for name in told if told[name] != known[name]}


async def _all(questions):
    async def ask(question):
        async with _AT_ONCE:
            return await question

    return await asyncio.gather(*map(ask, questions))
