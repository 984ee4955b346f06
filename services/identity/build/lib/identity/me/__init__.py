"""The person who is signed in: who they are, their workspaces, their devices."""
