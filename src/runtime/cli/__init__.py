"""The command line: ``copilot-orchestrator``; ``runtime.cli.main`` puts it together."""
