"""The commands that correct what articles are filed under: what they do, and what they then say."""
