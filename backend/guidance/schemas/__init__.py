"""Shapes of guidance on the wire."""
