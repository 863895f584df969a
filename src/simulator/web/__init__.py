"""GitHub's pages: plain forms without script, where people sign in, make Apps and install them."""
