"""What kind of page a page of HTML is, and where its article is."""
