"""What is handed in as a document: answers and quotes, with footnotes, as Markdown, HTML, DOCX, text."""
