"""What press databases export: files of many articles, in the forms of each of them."""
