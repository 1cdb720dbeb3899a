"""`sourcier config`: which settings hold, and a file of one's own to change them in."""
