"""The letter that answers an enquiry: to the one who asked alone."""

from datetime import date

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Fault, Invalid
from domain.letters import Letter
from domain.policy import Policy
from persistence.post.correspondence import Occasion, paragraphs_of, write_to_debtors

# A letter is about a claim: the one asked about, or else the debtor's newest.
_ABOUT = text("""
select e.debtor_id, d.status, coalesce(e.claim_id, (select c.id from liabilities b
    join claims c on c.id = b.claim_id where b.debtor_id = e.debtor_id
    order by (c.ending is null) desc, c.serial desc limit 1)) as claim_id
from enquiries e join debtors d on d.id = e.debtor_id where e.id = :enquiry""")
_LETTERS = text("update tasks set facts = facts || :letters where id = :task").bindparams(
    bindparam("letters", type_=JSONB)
)
_NOBODY_THERE = {"dead", "dissolved"}


async def reply(
    connection: AsyncConnection,
    policy: Policy,
    enquiry_id: int,
    task_id: int,
    words: str,
    on: date,
) -> None:
    """Lay the letter in the tray. Raises Invalid when there is nobody to read it."""
    about = (await connection.execute(_ABOUT, {"enquiry": enquiry_id})).one()
    if about.status in _NOBODY_THERE:
        raise Invalid(Fault("reasons", "enquiry-nobody-reads"))
    facts = {"note": paragraphs_of(words)}
    occasion = Occasion(
        Letter.ENQUIRY_REPLY, f"enquiry-{task_id}", on, facts, policy.reply_deadline(on),
        debtor_id=about.debtor_id,
    )  # fmt: skip
    letters = await write_to_debtors(connection, about.claim_id, occasion)
    await connection.execute(_LETTERS, {"task": task_id, "letters": {"letters": letters}})
