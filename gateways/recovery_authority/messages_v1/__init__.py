"""The authority's messages as NyMF has had them since 2011 (fact sheet § 3.7), first version.

Its schema is not public. The elements of a new claim and of a receipt are those of a published
sample; those of the other actions and of the notices are named after them, and which namespace
each belongs to is our reading. Another version is another package beside this one.
"""
