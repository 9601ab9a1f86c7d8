"""One conversation about all of a debtor's claims: written once, and answered task by task."""

from dataclasses import replace

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.house import House
from api.once import fingerprint, once
from api.problems import code_of
from api.schemas.common import Sentence
from api.schemas.debtors import ConversationBody, DialogueAnswer
from domain.authority import Actor
from domain.decisions import Outcome, TaskKind
from domain.errors import AlreadyDecided, Fault, Invalid, Refusal
from domain.file_notes import FileOwner
from letters.catalogue import sentence
from persistence.debtors.reading import is_answered_so, is_dialogue_with
from persistence.files.notes import NewNote, write_note
from persistence.idempotency import StoredAnswer
from persistence.tasks.deciding import NewDecision, check, decide

DONE = "done"
UNFIT = "conversation-task-unfit"


async def converse(
    request: Request,
    house: House,
    debtor_id: int,
    body: ConversationBody,
    actor: Actor,
    key: str | None,
) -> tuple[int, list[tuple[int, str]]]:
    """The note's number, and for each task `DONE` or the code of what stood in the way.

    First the note alone, so that it is never lost; then each answer in a transaction of its own:
    one that cannot be given takes none of the others with it. Raises Invalid before anything.
    """
    _check(body, house)

    async def write(connection: AsyncConnection) -> StoredAnswer:
        owner = FileOwner(debtor_id=debtor_id)
        number = await write_note(
            connection, owner, NewNote(body.kind, body.text), actor, house.today
        )
        return StoredAnswer(201, {"note": number})

    said = fingerprint(request, body.model_dump(mode="json"))
    written = await once(house, actor, key, said, write)
    results = [
        (one.task_id, await _answer(house, debtor_id, one, body.text, actor))
        for one in body.answers
    ]
    return int(written.response["note"]), results


def why_not(code: str, language: str) -> Sentence | None:
    """What stood in the way, in words."""
    return None if code == DONE else Sentence(code=code, text=sentence(code, language))


def _check(body: ConversationBody, house: House) -> None:
    """The same task twice, or an answer without its day, is wrong before anything is done."""
    if len({one.task_id for one in body.answers}) < len(body.answers):
        raise Invalid(Fault("answers", "conversation-task-twice"))
    for number, one in enumerate(body.answers, start=1):
        try:
            check(TaskKind.DIALOGUE, _decision(one, body.text), house.today)
        except Invalid as wrong:
            faults = [
                replace(fault, field=f"answers[{number}].{fault.field}") for fault in wrong.faults
            ]
            raise Invalid(*faults) from None


def _decision(answer: DialogueAnswer, text: str) -> NewDecision:
    return NewDecision(Outcome(answer.outcome), text, answer.look_again_on)


async def _answer(
    house: House, debtor_id: int, answer: DialogueAnswer, text: str, actor: Actor
) -> str:
    decision = _decision(answer, text)
    try:
        async with house.database.transaction() as connection:
            if not await is_dialogue_with(connection, answer.task_id, debtor_id):
                return UNFIT
            await decide(
                connection, house.policy, answer.task_id, decision, actor, house.clock(),
                house.today,
            )  # fmt: skip
    except AlreadyDecided:
        async with house.database.transaction() as connection:
            is_same = await is_answered_so(connection, answer.task_id, actor.id, answer.outcome)
        return DONE if is_same else "problem-already-decided"
    except Refusal as refusal:
        return f"problem-{code_of(refusal, 'decideTask')}"
    return DONE
