"""Remote print that never leaves the machine."""

from gateways.post_sandbox import PostSandbox


class SandboxPhysicalPost(PostSandbox):
    name = "physical-post"
