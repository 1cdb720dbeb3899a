"""What each tab is given: the context and the widgets they share."""
