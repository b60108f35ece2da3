"""Accounts in the database: staff, sessions, persons, firms they act for, and the audit."""
