"""What articles are cited by: references of the field's standards, and as people write them."""
