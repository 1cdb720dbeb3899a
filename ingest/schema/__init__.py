"""What a source gives: documents, stated metadata, formats, progress."""
