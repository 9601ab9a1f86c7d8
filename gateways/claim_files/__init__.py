"""Files of claims as line-of-business systems write them: CSV, a JSON list, or JSON Lines."""

from gateways.claim_files.reading import ClaimFile, read_claim_file
from gateways.claim_files.rows import SourceRow

__all__ = ["ClaimFile", "SourceRow", "read_claim_file"]
