"""Lists of who may use a library that several machines share."""
