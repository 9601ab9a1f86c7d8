"""Digital Post that never leaves the machine."""

from gateways.ports import PostOutcome
from gateways.post_sandbox import PostSandbox


class SandboxDigitalPost(PostSandbox):
    name = "digital-post"
    usual_failure = PostOutcome.EXEMPT
