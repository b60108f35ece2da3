"""The verbs of guidance: requests, visits, feedback, hand-overs between the carriers, and the board."""
