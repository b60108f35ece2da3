"""A search library: it knows documents and fields, and nothing about policies."""
