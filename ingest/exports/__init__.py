"""What readers, sites and catalogues export, and what news services answer with."""
