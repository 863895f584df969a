"""Who works on GitHub by itself: Copilot, CI and people, each acting some time after it heard."""
