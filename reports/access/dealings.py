"""What passed between a person and the house: letters, talks, decisions, looks."""

from reports.access.shape import Column, Section, day, money, section, word

DEALINGS: tuple[Section, ...] = (
    section(
        "letters",
        "letters letter_documents letter_events",
        """select coalesce(l.dispatched_on, l.planned_on) as sent_on, l.letter, l.state, l.channel,
          l.claim_id, l.title, l.body from letters l where l.debtor_id = :debtor order by l.id""",
        day("sent_on"),
        word("letter", "word-letter-"),
        word("state", "access-state-"),
        word("channel", "word-channel-", "access-channel-"),
        Column("claim_id"),
        Column("title"),
        Column("body"),
    ),
    section(
        "holds",
        "holds suspensions",
        """select h.claim_id, h.reason, h.since, h.until, h.released_on, h.note from holds h
          join mine using (claim_id) union all
          select null, s.reason, s.since, s.until, s.ended_on, s.note from suspensions s
          where s.debtor_id = :debtor order by since""",
        Column("claim_id"),
        word("reason", "word-hold-"),
        day("since"),
        day("until"),
        day("released_on"),
        Column("note"),
    ),
    section(
        "decisions",
        "tasks decisions delegations",
        """select t.opened_on, t.claim_id, t.kind, d.outcome, d.reasons, d.decided_at,
          g.question, g.answer from tasks t
          left join decisions d on d.task_id = t.id left join delegations g on g.task_id = t.id
          where t.claim_id in (select claim_id from mine) or t.debtor_id = :debtor
          order by t.id""",
        day("opened_on"),
        Column("claim_id"),
        word("kind", "word-task-"),
        word("outcome", "word-outcome-"),
        Column("reasons"),
        Column("decided_at", "moment"),
        Column("question"),
        Column("answer"),
    ),
    section(
        "notes",
        "file_notes attachments attachment_contents",
        """select n.written_on as noted_on, n.claim_id, n.text, null as name from file_notes n
          where n.debtor_id = :debtor or n.claim_id in (select claim_id from mine) union all
          select a.attached_on, a.claim_id, null, a.name from attachments a
          where a.debtor_id = :debtor or a.claim_id in (select claim_id from mine)
          order by noted_on""",
        day("noted_on"),
        Column("claim_id"),
        Column("text"),
        Column("name"),
    ),
    section(
        "enquiries",
        "enquiries enquiry_messages",
        """select m.received_on, e.subject, m.channel, m.sender, m.text
          from enquiries e join enquiry_messages m on m.enquiry_id = e.id
          where e.debtor_id = :debtor or e.claim_id in (select claim_id from mine)
          order by m.id""",
        day("received_on"),
        Column("subject"),
        word("channel", "word-channel-", "access-channel-"),
        Column("sender"),
        Column("text"),
    ),
    section(
        "consultations",
        "consultations",
        """select k.asked_at, k.claim_id, k.department, k.question, k.answer from consultations k
          join mine using (claim_id) order by k.id""",
        Column("asked_at", "moment"),
        Column("claim_id"),
        Column("department"),
        Column("question"),
        Column("answer"),
    ),
    section(
        "distraints",
        "distraints distraint_hearings distraint_minutes distraint_assets distraint_notes "
        "distraint_owners distraint_properties",
        """select x.claim_id, h.starts_at, h.place, h.expected_ore, m.outcome, m.text,
          (select string_agg(a.description, '; ' order by a.id) from distraint_assets a
            where a.minutes_id = m.id) as assets,
          (select string_agg(n.text, '; ' order by n.id) from distraint_notes n
            where n.distraint_id = x.id) as note
          from distraints x left join distraint_hearings h on h.distraint_id = x.id
          left join distraint_minutes m on m.hearing_id = h.id
          where x.claim_id in (select claim_id from mine)
          or x.id in (select distraint_id from distraint_owners where debtor_id = :debtor)
          order by x.id, h.number""",
        Column("claim_id"),
        Column("starts_at", "moment"),
        Column("place"),
        money("expected_ore"),
        word("outcome", "word-outcome-"),
        Column("text"),
        Column("assets"),
        Column("note"),
    ),
    section(
        "steps",
        "acts stage_moves",
        """select a.subject as claim_id, a.done_on, a.kind, a.deadline from acts a
          where a.subject in (select claim_id from mine)
          or a.subject in (select id from agreements where debtor_id = :debtor) order by a.id""",
        Column("claim_id"),
        day("done_on"),
        word("kind", "access-act-"),
        day("deadline"),
    ),
    section(
        "moves",
        "stage_proposals",
        """select p.proposed_at as at, p.claim_id, p.step, p.reason as explanation, p.state
          from stage_proposals p join mine using (claim_id) order by p.id""",
        Column("at", "moment"),
        Column("claim_id"),
        word("step", "stage-step-"),
        Column("explanation"),
        word("state", "access-state-"),
    ),
    section(
        "foreseen",
        "foreseen forecasts",
        """select s.day as foreseen_on, s.claim_id, s.kind as foreseen, s.what, s.deadline
          from foreseen s join forecasts f on f.id = s.forecast_id and f.state = 'in-force'
          where s.why is null and (s.debtor_id = :debtor or s.debtor_id is null
            and s.claim_id in (select claim_id from mine)) order by s.day, s.id""",
        day("foreseen_on"),
        Column("claim_id"),
        word("foreseen", "tomorrow-kind-"),
        word("what", "word-letter-", "word-task-", "word-ending-", "word-hold-", "word-action-"),
        day("deadline"),
    ),
    section(
        "told-others",
        "webhook_deliveries",
        """select w.happened_on, w.claim_id, replace(w.event, '.', '-') as event, e.name as told
          from webhook_deliveries w join webhook_endpoints e on e.id = w.endpoint_id
          join mine using (claim_id) order by w.id""",
        day("happened_on"),
        Column("claim_id"),
        word("event", "webhook-event-"),
        Column("told"),
    ),
    section(
        "rectifications",
        "rectifications",
        """select k.decided_at, k.outcome, f.fact, f.was, f.became, f.until,
          k.reason as explanation, k.source from rectifications k left join lateral (values
            ('name', k.name_was, k.name_became, null::date),
            ('address', array_to_string(k.address_was, ', '),
              array_to_string(k.address_became, ', '), null),
            ('protection', case when k.protected_was then 'protection-on' else 'protection-off' end,
              case when k.protected_became then 'protection-on'
                when not k.protected_became then 'protection-off' end, k.until_became)
          ) f (fact, was, became, until) on f.became is not null
          where k.debtor_id = :debtor order by k.id""",
        Column("decided_at", "moment"),
        word("outcome", "rectify-outcome-"),
        word("fact", "rectify-fact-"),
        word("was", "access-"),
        word("became", "access-"),
        day("until"),
        Column("explanation"),
        Column("source"),
    ),
    section(
        "looks",
        "audit purposes",
        """select a.at, coalesce(u.role, 'system') as role, a.act,
          (select p.purpose from purposes p where p.debtor_id = :debtor and p.user_id = a.actor
            and p.day = (a.at at time zone 'Europe/Copenhagen')::date) as purpose
          from audit a left join users u on u.id = a.actor
          where a.subject = 'debtor-' || :debtor
          or a.subject in (select claim_id from mine) order by a.at, a.id""",
        Column("at", "moment"),
        word("role", "word-role-"),
        word("act", "trail-act-"),
        word("purpose", "trail-purpose-"),
    ),
)
