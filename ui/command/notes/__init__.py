"""The command that lists notes."""
