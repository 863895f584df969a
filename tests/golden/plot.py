"""The golden history as far as others make it: two installations, five lanes, and much ado."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from events.catalogue import About
from events.envelope import GITHUB, NewEvent
from events.identity import keyed_id
from tests.golden.oddities import Crowd, Oddities
from tests.golden.words import Words
from tests.golden.work import anything, chance, go_on
from tests.worlds.repositories import Repository
from tests.worlds.world import World

_INSTALLATIONS = (48_151_623, 42_108_815)
_NAMES = (
    (0, "octo-org/rocket"),
    (0, "octo-org/lander"),
    (1, "deep-org/probe"),
    (1, "deep-org/crowd"),
    (1, "deep-org/relic"),
)
_BUSY = (0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 4)  # which repository something happens in
_CROWD, _RELIC = 3, 4
# More than a lane keeps, at some turns: issues, commits, pull requests, issues that only we name.
_CROWDS: dict[int, tuple[Crowd, int]] = {
    9: ("issues", 160),
    23: ("commits", 110),
    37: ("pull requests", 160),
    51: ("commands", 155),
    58: ("issues", 60),
}


class Plot:
    """Lets things happen, and hands over what the log is told of them, in the order of arrival."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.worlds = [World(installation) for installation in _INSTALLATIONS]
        self.repositories = [self.worlds[where].repository(name) for where, name in _NAMES]
        self._words = Words(self.random)
        self._odd = Oddities(self.random, self._words)
        self._told = [0 for _ in self.worlds]
        self._late: list[NewEvent] = []
        self._mail: list[NewEvent] = list(self._words.begin([*map(self._lane, self.repositories)]))
        self._arrived: list[NewEvent] = []

    def go_on(self, turn: int, now: datetime) -> None:
        """Let some things happen; ``turn`` counts from 0."""
        for _ in range(self.random.randint(4, 14)):
            self._happen(now)
        if turn in _CROWDS:
            self._gather(*_CROWDS[turn])
        if turn % 5 == 3:
            self._mail.append(self._words.acting())
        if turn in (20, 60):
            self._mail.append(self._odd.newer(self._lane(self.repositories[_RELIC])))
        if turn == 40:
            self._mail.append(self._odd.newer(About()))

    def time_passes(self, seconds: int) -> None:
        """Let GitHub's clock go on."""
        for world in self.worlds:
            world.clock.advance(seconds=seconds)

    def repository(self, repository_id: int | None) -> Repository:
        """Return a repository by its id."""
        return next(each for each in self.repositories if each.id == repository_id)

    def hear(self, *news: NewEvent) -> None:
        """Take in what is to be told besides, before or after what GitHub tells of it."""
        if self.random.random() < 0.5:
            self._collect()
        self._mail.extend(news)
        self._collect()

    def mail(self) -> Iterator[Sequence[NewEvent]]:
        """Yield what arrives now, in batches: some late, twice, out of order, or never."""
        self._collect()
        waiting = [*self._late, *self._disturbed(self._mail)]
        self._late, self._mail = [], []
        while waiting:
            size = self.random.choice((1, 3, 8, 20, 40, 60))
            batch, waiting = waiting[:size], waiting[size:]
            self._arrived = [*self._arrived, *(e for e in batch if e.source == GITHUB)][-80:]
            yield batch

    def _happen(self, now: datetime) -> None:
        place = self.random.choice(_BUSY)
        repository, world = self.repositories[place], self.worlds[_NAMES[place][0]]
        chance(
            self.random,
            [
                (60, lambda: go_on(self.random, repository)),
                (12, lambda: anything(self.random, world, repository)),
                (9, lambda: self._at_once(world, repository)),
                (4, lambda: self._mail.append(self._command(repository))),
                (2, lambda: self._mail.append(self._words.around(self._lane(repository)))),
                (4, lambda: self._observe(world, now)),
                (3, self._spoil),
                (1, lambda: self._odd.elsewhere(world)),
                (1, lambda: self._odd.relate(repository)),
                (1, lambda: repository.rename(f"renamed-{self.random.randrange(99)}")),
            ],
        )
        self._collect()

    def _at_once(self, world: World, repository: Repository) -> None:
        with world.same_second():
            for _ in range(self.random.randint(2, 4)):
                anything(self.random, world, repository)

    def _command(self, repository: Repository) -> NewEvent:
        numbers = [issue.number for issue in repository.issues[-14:]]
        return self._words.command(self._lane(repository), numbers)

    def _observe(self, world: World, now: datetime) -> None:
        seen = self._odd.observe(world, now)
        if seen is not None:
            self._mail.append(seen)

    def _spoil(self) -> None:
        if self._arrived:
            self._mail.append(self._odd.unreadable(self._arrived))

    def _gather(self, kind: Crowd, size: int) -> None:
        crowd = self.repositories[_CROWD]
        self._mail.extend(self._odd.crowd(crowd, self._lane(crowd), kind, size))

    def _collect(self) -> None:
        for place, world in enumerate(self.worlds):
            self._mail.extend(world.deliveries[self._told[place] :])
            self._told[place] = len(world.deliveries)

    def _disturbed(self, news: Sequence[NewEvent]) -> list[NewEvent]:
        """Return what arrives: GitHub promises no order, and neither once nor at all."""
        arriving: list[NewEvent] = []
        for event in news:
            luck = self.random.random()
            if event.source != GITHUB or luck > 0.12:
                arriving.append(event)
            elif luck > 0.08:
                self._late.append(event)
            elif luck > 0.03:
                again = replace(event, id=keyed_id(self._words.id_parts()))
                arriving.extend((event, again if luck > 0.05 else event))
        if self.random.random() < 0.25:
            start = self.random.randrange(len(arriving) + 1)
            window = arriving[start : start + 8]
            self.random.shuffle(window)
            arriving[start : start + 8] = window
        return arriving

    def _lane(self, repository: Repository) -> About:
        installation = repository.webhook.installation["id"]
        return About(installation_id=installation, repository_id=repository.id)
