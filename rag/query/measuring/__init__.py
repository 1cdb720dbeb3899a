"""What a question measures or counts and of which dates, and the sentences that give it."""
