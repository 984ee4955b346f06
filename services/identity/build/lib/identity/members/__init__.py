"""Members: who is in a workspace, in which role."""
