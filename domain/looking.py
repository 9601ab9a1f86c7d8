"""Why someone looks at a person's case: the few purposes there are, and which are told unasked."""

from enum import StrEnum

from domain.errors import Refusal


class Purpose(StrEnum):
    OWN_TASK = "own-task"  # egen opgave
    ENQUIRY = "enquiry"  # en borgers henvendelse
    SUPERVISION = "supervision"  # ledelsestilsyn
    CONTROL = "control"  # kontrol, revision
    NOT_STATED = "not-stated"  # ikke oplyst: a program read it, and nobody said why


CHOICES = (Purpose.ENQUIRY, Purpose.OWN_TASK, Purpose.SUPERVISION, Purpose.CONTROL)
"""What a person is asked to choose from, the commonest first."""


class PurposeMissing(Refusal):
    """The house cannot tell why they look at *subject*: they are to say so first."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no purpose for {subject}")
        self.subject = subject
