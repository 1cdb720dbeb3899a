"""Fetching over HTTP: which addresses, how politely, how much at once."""
