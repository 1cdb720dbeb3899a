"""What chat interfaces ask and read beside questions and answers."""
