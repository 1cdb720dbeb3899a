"""From sources to the library: reading, cutting, identity, batches, repair, synchronising."""
