"""GitHub's REST and GraphQL APIs over the state."""
