"""Policies in the database: the working copy, each published version, and who did what when."""
