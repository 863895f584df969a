"""The part of GitHub's GraphQL API that REST does not have, over the state."""
