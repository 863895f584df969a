"""A GitHub of our own for the demo and the tests; it knows nothing of the other rooms.

``simulator.simulator.Simulator`` runs one, built from a ``simulator.plan.Plan``:

- ``state``: what there is and how it changes; every change is told once, as a delivery's payload
- ``hooks``: deliveries sent, listed and sent again
- ``http``, ``graphql``: the API over the state
- ``web``: the pages: signing in, making an App, installing it
- ``actors``: Copilot, CI and people, who act some time after they heard
- ``payloads``, ``delivery``: what GitHub's JSON looks like, and how it is signed
"""
