"""Standing queries: what is kept of them, and what is a change in what they find."""
