"""Everything the house knows of one person, so that they can read it: GDPR article 15."""
