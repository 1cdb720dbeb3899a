"""The session rendered as HTML: exchanges, passages, steps, chips."""
