"""What the matching bench runs on: made-up firms and policies, and the same rules for other engines."""
