"""The other policy of a trial: one that came with the house, a file's text, or what is turned."""

from domain.errors import Fault, Invalid
from domain.policy import Policy
from domain.replaying.trials import OtherPolicy
from domain.replaying.variants import varied
from policies.loading import load_policy, policy_names, read_policy
from policies.parsing import reading_of

_FILE = "policy.toml"


def policy_of(in_force: Policy, other: OtherPolicy) -> Policy:
    """Raises Invalid, with all that is wrong in it, also when it lacks a type of claim we have."""
    policy = _read(in_force, other)
    if missing := sorted(in_force.claim_types.keys() - policy.claim_types.keys()):
        raise Invalid(Fault("policy_text", "trial-types-missing", {"types": ", ".join(missing)}))
    return policy


def _read(in_force: Policy, other: OtherPolicy) -> Policy:
    if other.knobs:
        return varied(in_force, other.knobs)
    if other.text is not None:
        with reading_of(_FILE):
            return read_policy(other.text)
    if other.profile not in policy_names():
        raise Invalid(Fault("profile", "trial-profile-unknown"))
    return load_policy(str(other.profile))
