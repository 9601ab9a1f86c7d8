"""What was done before we came: the stories' own acts, on the days they were done elsewhere.

For claims that are taken over in the middle of their lives. Their stories then begin from the
facts these acts leave, as any story does that is told again.
"""

from activities.agreements import AgreementActivities
from activities.claims import ClaimActivities
from domain.policy import Policy
from persistence.database import Database


class Past:
    """Each act is the transaction it always is, and repeats nothing when done again."""

    def __init__(self, database: Database, policy: Policy) -> None:
        claims = ClaimActivities(database, policy)
        agreements = AgreementActivities(database, policy)
        self.write_letter = claims.write_letter
        self.ask_person = claims.ask_person
        self.transfer = claims.transfer
        self.close = claims.close
        self.close_agreement = agreements.close
