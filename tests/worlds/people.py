"""Who acts in the worlds, as payloads embed them."""

from simulator.payloads import a_user, an_app, copilot_agent
from simulator.payloads import copilot_reviewer as the_copilot_reviewer

maintainer = a_user("mona-maintains")
reviewer = a_user("ravi-reviews")
another_reviewer = a_user("rosa-reviews")
copilot = copilot_agent()
copilot_reviewer = the_copilot_reviewer()

github_actions = an_app()
another_app = an_app(id=271_828, slug="launch-lint", name="Launch Lint")
