"""What articles are filed under: what was stated of them, what was corrected, and which outlets are one."""
