"""Asks standing queries again, and tells what changed in what they find."""
