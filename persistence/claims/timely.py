"""The last day to pay in time (sidste rettidige betalingsdato), as time given since has moved it.

Interest and limitation rest on the day as it was registered; whoever tells the debtor or the
recovery authority asks for this one.
"""

TIMELY_DAY = """greatest(coalesce(c.timely_until, c.last_timely_payment_date),
  (select max(least(h.until, h.released_on)) from holds h
    where h.claim_id = c.id and h.reason = 'deferral' and h.until is not null))"""
"""SQL over a claim *c*: an agreement in force, or respite until a day, gives the debtor longer."""
