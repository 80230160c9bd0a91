"""What stands between a program and the rest of the machine, as values. Puts nothing up itself."""

from dataclasses import dataclass

# A program may take this much longer by the clock than by the processor: on a machine with ten times the work
# it can do, a right program is still right, and one that only sleeps still ends.
WALL_SECONDS_PER_SECOND = 10.0


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers hold here. Limits on time, memory, output and processes always do."""

    own_user: bool  # programs run as a user id of their own
    root: bool  # the server is root
    landlock: int  # the kernel's version of Landlock; 0 where there is none

    @property
    def files(self) -> bool:
        """Programs read the standard library only, write their scratch directory only, execute nothing."""
        return self.landlock >= 1

    @property
    def tcp(self) -> bool:
        """Programs neither connect nor listen by TCP."""
        return self.landlock >= 4

    @property
    def signals(self) -> bool:
        """Programs cannot signal the server, the controller or each other."""
        return self.own_user or self.landlock >= 6

    def gaps(self) -> tuple[str, ...]:
        """What does not hold, and what to do about it, for people."""
        newer = "needs Linux {} with Landlock on (see /sys/kernel/security/lsm; a container must allow it)"
        gaps: list[str] = []
        if self.root and not self.own_user:
            gaps.append("programs run as root: start Parnassus as an ordinary user")
        if not self.files:
            gaps.append(f"programs can read other files, run directories included: {newer.format('5.13')}")
        elif self.landlock < 3 and not self.own_user:
            gaps.append(f"programs can truncate files of their user: {newer.format('6.2')}")
        if not self.tcp:
            gaps.append(f"programs can use TCP: {newer.format('6.7')}")
        if not self.signals:
            gaps.append(f"programs can signal processes of their user: {newer.format('6.12')}")
        return tuple(gaps)
