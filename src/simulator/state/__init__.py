"""What there is on GitHub and how it changes; every change tells what GitHub would deliver."""
