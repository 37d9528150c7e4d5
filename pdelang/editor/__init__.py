"""Highlighting for editors and documents, made from the language's own word lists."""
