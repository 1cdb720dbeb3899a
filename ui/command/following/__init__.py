"""The commands that show and change which sources are followed: what they do, and what they then say."""
