"""Families whose fits every member determines: members one by one, and functions through them."""
