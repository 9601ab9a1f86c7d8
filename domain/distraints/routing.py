"""Who enforces a claim: a rule over its type, its period and the day (GIL § 1 a)."""

from __future__ import annotations

from datetime import date

from domain.policy import ClaimType, Route, RoutingRule


def route(claim_type: ClaimType, period_end: date, on: date) -> Route:
    """Who enforces a claim for a period that ends on *period_end*, handled on the day *on*."""
    return routing_rule(claim_type, period_end, on).route


def routing_rule(claim_type: ClaimType, period_end: date, on: date) -> RoutingRule:
    """The first rule that fits, with its source. A valid policy ends in one that always fits."""
    return next(rule for rule in claim_type.routing if _fits(rule, period_end, on))


def _fits(rule: RoutingRule, period_end: date, on: date) -> bool:
    return (
        (rule.period_from is None or rule.period_from <= period_end)
        and (rule.period_until is None or period_end <= rule.period_until)
        and (rule.from_day is None or rule.from_day <= on)
    )
