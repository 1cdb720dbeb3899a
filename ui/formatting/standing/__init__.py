"""Standing queries and what changed in them, in words."""
