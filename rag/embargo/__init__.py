"""Articles that wait for their time, apart from the catalogue."""
