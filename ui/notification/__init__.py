"""What changed, told out of the page: as a feed, by e-mail, to a hook. Nothing is sent unless configured."""
