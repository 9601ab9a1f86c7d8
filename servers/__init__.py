"""The servers a bare machine runs for itself: PostgreSQL and Temporal, on loopback."""
