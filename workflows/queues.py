"""The names under which workers and clients find each other."""

STORIES = "rettidig-stories"
"""Claims and agreements: many, short steps."""

ROUNDS = "rettidig-rounds"
"""What the house does on its own rounds: post, exchange, files, watch; these call gateways."""

FILE_READERS = {
    "claims": "claim-file",
    "payments": "bank-file",
    "betalingsservice": "bank-file",
}
"""The workflow that reads each kind of file."""

FORECAST = "forecast"
"""The workflow that looks ahead anew."""

TRIAL = "policy-trial"
"""The workflow that tries another policy on the past."""

REOPENINGS = "reopenings"
"""The memo that says after how many reopenings of its claim a story began."""


def claim_workflow_id(claim_id: str) -> str:
    return f"claim-{claim_id}"
