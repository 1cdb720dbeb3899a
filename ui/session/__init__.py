"""What one open page holds: exchanges, ratings, the session."""
