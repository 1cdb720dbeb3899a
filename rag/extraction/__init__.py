"""What a sentence states: dates, times, quantities, names, clauses, denials."""
