"""The facts that rules look at, a file a subject: what each is of a workflow, and who told it."""
