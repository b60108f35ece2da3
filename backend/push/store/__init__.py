"""Push in the database: runs, answers, messages, deliveries."""
