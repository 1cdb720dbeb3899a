"""`sourcier standing`, and what commands that bring articles in tell of standing queries."""
