"""The pages of the catalogue, one file per family of codes."""
