"""Bulk ingestion on Ray Data: documents are read, cut and encoded by workers, and stored by one process.

The process that holds the library finds documents, opens what holds many, and leaves out what is known;
blocks of the others go to the workers, and what they make comes back in order. Nothing is decided there.
"""
