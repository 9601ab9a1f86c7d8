"""The rounds that tell people and systems, as Temporal makes them: everything told, then an end."""

from datetime import UTC, datetime

from activities.mail_room import MailRoomActivities
from activities.webhooks import WebhookActivities
from domain.authority import Actor, Role
from domain.telling.webhooks import WebhookEvent
from gateways.mail.sandbox import SandboxMailServer
from gateways.mail.smtp import SmtpMailer
from gateways.webhooks.http import HttpHooks
from persistence.telling.webhooks import NewEndpoint, register_endpoint, show_secret
from tests.rounds.receiver import Receiver
from tests.rounds.test_round_workflows import clock_from, run
from workflows.mail_room import MailRoomWorkflow
from workflows.webhooks import WebhooksWorkflow

SOFUS = Actor("sofus", Role.SUPERVISOR)
HIRED = """
insert into users (id, name, role, email)
select 'p-' || n, 'P', 'caseworker', 'p-' || n || '@kommune.example' from generate_series(1, 60) n
union all select 'sofus', 'Sofus', 'supervisor', null"""
ASKED = """
insert into tasks (subject, key, kind, state, department, opened_on, due_on, claimed_by, facts)
select 'x', 'k-' || n, 'exception', 'open', 'collection', '2026-02-02', '2026-02-02', 'p-' || n,
  '{}' from generate_series(1, 60) n"""


async def test_more_mails_than_a_handful_all_leave_in_one_round(
    house, time_skipping, monday, tmp_path
):
    await house.change(HIRED)
    await house.change(ASKED)
    server, clock = SandboxMailServer(tmp_path), await clock_from(time_skipping, monday)
    async with server.serving() as account:
        mailer = SmtpMailer(account)
        acts = MailRoomActivities(house.database, mailer, "https://rettidig.example")
        await run(time_skipping, MailRoomWorkflow, [acts.lay_down, acts.send], clock)
    assert len(server.taken()) == 60
    assert await house.rows("select distinct state from mails") == [("sent",)]


async def test_more_messages_than_a_handful_all_arrive_in_one_round(house, time_skipping, monday):
    await house.change(HIRED)
    receiver, clock = Receiver(), await clock_from(time_skipping, monday)
    async with receiver.listening() as url:
        events = (WebhookEvent.AGREEMENT_MADE.value,)
        async with house.database.transaction() as connection:
            new = NewEndpoint("Systemet", url, events)
            number = await register_endpoint(connection, new, monday, monday.date(), SOFUS)
            receiver.secret = await show_secret(connection, number, SOFUS)
        claims = [await house.register() for _ in range(120)]
        await house.change("update claims set stage = 'agreement'")
        hooks = HttpHooks(allows_loopback=True)
        acts = WebhookActivities(house.database, hooks, lambda: datetime.now(UTC))
        await run(time_skipping, WebhooksWorkflow, [acts.deliver], clock)
    assert sorted(claim for _, claim in receiver.told) == sorted(claims)
