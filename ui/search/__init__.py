"""The search tab: the texts searched by words."""
