"""Foreign formats to plain data: programs of a child process (see files/isolation). They import nothing of
the product but one another, so that the child starts fast and a hostile file meets nothing worth having."""
