"""Why a workflow is where it is: rules, facts with where they came from, decisions, causes."""
