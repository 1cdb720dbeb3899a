"""Whether what is stored is what was written: the checksums of rows, and what was met that fails them."""
