"""What reactions need of the world, as Protocols; ``gateway`` fills them."""
