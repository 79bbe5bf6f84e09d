"""What a scenario wishes of the media of a call, in the words of those who carry them (pure)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mock_cec.clock import RealClock
from mock_cec.gateway.media.leg import Wish
from mock_cec.scenario.model import Voice

if TYPE_CHECKING:
    from mock_cec.tenant import Tenant


def wish_of(tenant: Tenant) -> Wish:
    """Give the wish of a tenant's scenario; media live in real time, so what they are told is in real seconds.

    Where the tenant's time runs faster, the media stop that much earlier; where it steps, `stops` counts real seconds.
    """
    script, stops = tenant.plan.scenario.gateway, tenant.plan.gateway.stops
    speed = tenant.clock.speed if isinstance(tenant.clock, RealClock) else 1.0
    voice = Path(script.media.voice) if isinstance(script.media, Voice) else None
    return Wish(
        source="voice" if isinstance(script.media, Voice) else script.media,
        voice=voice,
        direction=script.direction,
        stops=None if stops is None else stops / speed,
        ice=script.ice,
    )
