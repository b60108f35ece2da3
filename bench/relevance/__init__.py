"""Relevance on judged needs: `make relevance` prints the figures, the tests hold them to their goals."""
