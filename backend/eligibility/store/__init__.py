"""What eligibility keeps: impact runs."""
