"""Conversations kept on disk, as pointers into articles."""
