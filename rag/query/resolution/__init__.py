"""A follow-up made a question that stands alone, from what was said before it."""
