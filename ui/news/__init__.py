"""What readers follow, on the page: what changed in it, and the way to follow and to leave it."""
