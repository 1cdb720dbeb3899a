"""What the columns of a table hold, as the values in them say."""
