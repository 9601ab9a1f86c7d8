"""One look at the whole house: what is well, what is doubtful, what is wrong and what to do."""
