"""Digital Post that never leaves the machine."""

from gateways.ports import PostOutcome
from gateways.post_sandbox import PostSandbox


class SandboxDigitalPost(PostSandbox):
    name = "digital-post"
    usual_failure = PostOutcome.EXEMPT

    def has_mailbox(self, national_id: str) -> bool:
        """Not for those whose letters would come to nothing because they are exempt."""
        with self._journal.open() as page:
            outcome = self._outcome(self._answering(page), national_id)
        return outcome != PostOutcome.EXEMPT
