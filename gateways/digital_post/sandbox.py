"""Digital Post that never leaves the machine."""

from gateways.post_sandbox import PostSandbox


class SandboxDigitalPost(PostSandbox):
    name = "digital-post"
