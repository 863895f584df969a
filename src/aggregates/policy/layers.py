"""The policy that holds: the built-in one, overlaid leaf by leaf by what each layer says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from aggregates.policy.fit import fits
from aggregates.policy.leaves import leaves, leaves_of, policy_of
from aggregates.policy.model import Policy
from events.catalogue import Json, Layer

Origin: TypeAlias = Literal["built-in"] | Layer

BUILT_IN: Final = "built-in"


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """The policy that holds, and for each leaf the layer that its value comes from."""

    policy: Policy
    origins: Mapping[str, Origin]


@lru_cache(maxsize=512)
def effective(server: str, installation: str, repository: str) -> EffectivePolicy:
    """Overlay the layers' documents, each as ``canonical`` gave it; the later one wins.

    A leaf that an older release took and this one does not falls back to the weaker layer.
    Raises ValueError for text that is no JSON.
    """
    origins: dict[str, Origin] = dict.fromkeys(leaves(), BUILT_IN)
    values: dict[str, Json] = {}
    layers: dict[Layer, str] = {
        "server": server,
        "installation": installation,
        "repository": repository,
    }
    for layer, text in layers.items():
        for path, value in _fitting(text):
            origins[path] = layer
            values[path] = value
    return EffectivePolicy(policy_of(values), MappingProxyType(origins))


def canonical(document: Mapping[str, Json]) -> str:
    """Return a sparse document as compact JSON with sorted keys; an empty one as empty text."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")) if document else ""


def _fitting(text: str) -> Iterator[tuple[str, Json]]:
    document = json.loads(text) if text else {}
    if isinstance(document, dict):
        yield from (leaf for leaf in leaves_of(document) if fits(*leaf))
