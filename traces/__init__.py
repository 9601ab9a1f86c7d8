"""What follows from what: one number from a click to the letter, and spans that tell the way."""
