"""CPR numbers at rest: sealed for the row they stand in, found by hash, opened where needed."""
