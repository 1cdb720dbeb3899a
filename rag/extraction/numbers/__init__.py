"""What numbers a sentence states: amounts with their units, shares, times of day."""
