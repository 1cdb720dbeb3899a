"""One file to many articles: JSON, CSV, Parquet, mbox, WARC."""
