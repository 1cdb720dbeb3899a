"""Where the library keeps who its articles name and what these say: derived, and gone with the articles."""
