"""Archives of the web: the pages that crawlers and browsers saved, as they were sent."""
