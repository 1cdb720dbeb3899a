"""Commands that look after a library: its state, backups, copies, indexes made anew."""
