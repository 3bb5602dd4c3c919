"""Channels of a simulation for which nothing real is installed: everything is taken, nobody is reached."""

from arrears.channels.simulated.channel import (
    SimulatedCall,
    SimulatedChannel,
    SimulatedLetter,
    SimulatedPush,
    SimulatedSms,
)

__all__ = ["SimulatedCall", "SimulatedChannel", "SimulatedLetter", "SimulatedPush", "SimulatedSms"]
