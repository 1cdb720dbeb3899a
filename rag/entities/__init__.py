"""People, organisations and places that articles name, and what they say: derived from the articles."""
