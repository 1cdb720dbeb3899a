"""One file to one article: HTML, Markdown, PDF, DOCX, EPUB, mail."""
