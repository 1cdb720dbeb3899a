"""Notes on the page: in the reader, in the list on the Library tab, and in what is found."""
