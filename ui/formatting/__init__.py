"""Words and numbers for readers, in French and English."""
