"""What a person owes and has paid, and what became of it."""

from reports.access.shape import Column, Section, day, money, section, word

DEBTS: tuple[Section, ...] = (
    section(
        "person",
        "debtors",
        """select name, array_to_string(address, ', ') as address, id, national_id,
          sealed_number, status, is_protected, protected_until,
          language, registered_on
          from debtors where id = :debtor""",
        Column("name"),
        Column("national_id"),
        Column("address"),
        word("status", "access-status-"),
        Column("is_protected", "answer"),
        day("protected_until"),
        word("language", "access-language-"),
        day("registered_on"),
    ),
    section(
        "claims",
        "claims liabilities",
        """select c.id as claim_id, c.claim_type, c.description, c.reference, c.due_date,
          c.principal_ore, c.balance_ore, coalesce(c.ending, c.stage) as standing,
          b.limitation_date, b.discharged_on from mine join claims c on c.id = mine.claim_id
          join liabilities b on b.claim_id = c.id and b.debtor_id = :debtor order by c.serial""",
        Column("claim_id"),
        Column("claim_type", "type"),
        Column("description"),
        Column("reference"),
        day("due_date"),
        money("principal_ore"),
        money("balance_ore"),
        word("standing", "word-ending-", "stage-"),
        day("limitation_date"),
        day("discharged_on"),
    ),
    section(
        "ledger",
        "ledger_entries ledger_coverage",
        """select e.claim_id, e.effective_on, e.kind, e.amount_ore, e.legal_basis
          from ledger_entries e join mine using (claim_id) order by e.claim_id, e.seq""",
        Column("claim_id"),
        day("effective_on"),
        word("kind", "word-entry-"),
        money("amount_ore"),
        Column("legal_basis"),
    ),
    section(
        "payments",
        "payments",
        """select p.paid_on, p.amount_ore, p.payer, p.text, p.channel, p.claim_id
          from payments p where p.claim_id in (select claim_id from mine)
          or p.id in (select payment_id from refunds where debtor_id = :debtor)
          or p.id in (select e.payment_id from ledger_entries e join mine using (claim_id))
          order by p.paid_on, p.id""",
        day("paid_on"),
        money("amount_ore"),
        Column("payer"),
        Column("text"),
        word("channel", "word-channel-", "access-channel-"),
        Column("claim_id"),
    ),
    section(
        "refunds",
        "refunds payouts",
        """select r.proposed_on, r.amount_ore, r.state, r.reasons, r.settled_on
          from refunds r where r.debtor_id = :debtor order by r.id""",
        day("proposed_on"),
        money("amount_ore"),
        word("state", "access-state-"),
        Column("reasons"),
        day("settled_on"),
    ),
    section(
        "agreements",
        "agreements agreement_claims instalments acknowledgements",
        """select g.id as agreement_id, g.signed_on, g.state, g.owed_ore, g.paid_ore,
          (select string_agg(to_char(i.due_on, 'YYYY-MM-DD') || ': ' ||
            replace(to_char(i.amount_ore / 100.0, 'FM999999990.00'), '.', ','), '; '
            order by i.number) from instalments i where i.agreement_id = g.id) as instalments,
          g.ended_on, g.ended_because from agreements g where g.debtor_id = :debtor
          order by g.id""",
        Column("agreement_id"),
        day("signed_on"),
        word("state", "access-state-"),
        money("owed_ore"),
        money("paid_ore"),
        Column("instalments"),
        day("ended_on"),
        Column("ended_because"),
    ),
    section(
        "direct-debit",
        "mandates collections",
        """select m.number::text as mandate, m.began_on, m.ended_on, k.due_on, k.amount_ore, k.state
          from mandates m left join collections k on k.mandate = m.number
          and k.claim_id in (select claim_id from mine) where m.debtor_id = :debtor
          order by m.began_on, k.due_on""",
        Column("mandate"),
        day("began_on"),
        day("ended_on"),
        day("due_on"),
        money("amount_ore"),
        word("state", "access-state-"),
    ),
    section(
        "recovery",
        "recovery_actions recovery_claims recovery_moves recovery_notices transfers",
        """select a.claim_id, a.requested_on as happened_on, a.kind, a.state, a.amount_ore,
          null as text from recovery_actions a join mine using (claim_id) union all
          select n.claim_id, n.noticed_on, n.kind, null, n.amount_ore, n.text
          from recovery_notices n join mine using (claim_id) order by claim_id, happened_on""",
        Column("claim_id"),
        day("happened_on"),
        word("kind", "word-action-", "word-notice-"),
        word("state", "access-state-"),
        money("amount_ore"),
        Column("text"),
    ),
    section(
        "limitation",
        "limitation_events early_lapses",
        """select v.claim_id, v.happened_on, v.kind, v.limitation_date, v.source
          from limitation_events v where v.debtor_id = :debtor order by v.id""",
        Column("claim_id"),
        day("happened_on"),
        word("kind", "limitation-kind-"),
        day("limitation_date"),
        Column("source"),
    ),
    section(
        "given-up",
        "write_offs write_off_batches discharges",
        """select w.claim_id, w.proposed_on, w.reason, w.legal_basis, w.explanation, w.amount_ore,
          w.state from write_offs w join mine using (claim_id) union all
          select g.claim_id, g.proposed_on, g.reason, g.legal_basis, g.explanation, g.amount_ore,
          g.state from discharges g where g.debtor_id = :debtor order by proposed_on""",
        Column("claim_id"),
        day("proposed_on"),
        word("reason", "word-write-off-"),
        Column("legal_basis"),
        Column("explanation"),
        money("amount_ore"),
        word("state", "access-state-"),
    ),
)
