"""The App's webhook: what is sent of all that happens, what came of it, and sending it again."""
