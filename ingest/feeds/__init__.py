"""Feeds as their sites publish them: RSS, Atom, JSON Feed; lists of feeds (OPML)."""
