"""Remote print that never leaves the machine."""

from gateways.ports import PostOutcome
from gateways.post_sandbox import PostSandbox


class SandboxPhysicalPost(PostSandbox):
    name = "physical-post"
    usual_failure = PostOutcome.RETURNED
