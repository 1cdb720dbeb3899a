"""What is sent of changes, and what couldn't be sent yet: the outbox, and the secrets of readers' feeds."""
