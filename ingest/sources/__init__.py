"""Where articles come from: files, pages, feeds, sitemaps, and watching them."""
