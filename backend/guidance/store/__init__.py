"""Requests, what is to be looked at when, visits, feedback and hand-overs in the database."""
