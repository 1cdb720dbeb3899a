"""Which encoder a library's vectors are of."""
