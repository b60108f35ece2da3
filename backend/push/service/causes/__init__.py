"""What causes a message, one module each; a cause gives a run its look at the firms concerned."""
