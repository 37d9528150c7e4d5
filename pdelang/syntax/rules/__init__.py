"""Rules from a failure of the grammar to its message, one file per family of messages."""
