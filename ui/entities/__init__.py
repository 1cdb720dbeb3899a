"""People, organisations and places on the page: the most named, and a page of each."""
