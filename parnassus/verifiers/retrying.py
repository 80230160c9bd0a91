"""Asks a verifier until it gives a verdict: what is done about a judge that fails, and about an environment
that does. It is no verifier itself.

    judge() ── verifier ── BROKEN, or an exception? ── again, TRIES times in all ── the last word stands

Another try lands elsewhere: a sandbox and the math workers replace what died, and an overloaded queue is
given time. What is BROKEN after that is left out of training and counted (algorithms/admission.py).
"""

import asyncio
import traceback
from dataclasses import replace
from pathlib import Path

from parnassus.errors import ParnassusError, SandboxError, SandboxOverload
from parnassus.types import Breakage, Episode, Outcome, Problem, Sandbox, Verdict, Verifier

TRIES = 3
LONGEST_DETAIL = 2000  # characters: a program may have said it
OVERLOAD_SECONDS = 1.0  # of waiting before the second try, and twice as long before each further one


async def judge(
    verifier: Verifier,
    problem: Problem,
    response: str,
    sandbox: Sandbox,
    overload_seconds: float = OVERLOAD_SECONDS,
) -> Verdict:
    """The first verdict that is not BROKEN, or the last that is. Raises what the verifier says of the problem
    or the settings (DataError, ConfigError); any other exception is a BROKEN verdict that names its place."""
    verdict, tries = await _asked(verifier, problem, response, sandbox), 1
    # A checker that fails does so again: what it is given is the same.
    while verdict.outcome is Outcome.BROKEN and verdict.breakage is not Breakage.CHECKER and tries < TRIES:
        if verdict.breakage is Breakage.OVERLOAD:
            await asyncio.sleep(overload_seconds * 2 ** (tries - 1))
        verdict, tries = await _asked(verifier, problem, response, sandbox), tries + 1
    # It is stored as UTF-8, which lone surrogates are not.
    detail = verdict.detail[:LONGEST_DETAIL].encode("utf-8", "replace").decode()
    if verdict.outcome is Outcome.BROKEN:
        detail += f" (asked {tries} times)"
    return replace(verdict, detail=detail)


async def reply(
    episode: Episode, text: str, overload_seconds: float = OVERLOAD_SECONDS
) -> str | Verdict | None:
    """What the environment replies to `text`, None where it is over; a BROKEN verdict where it failed, each
    time that it was asked. Raises as `judge` does."""
    for tried in range(1, TRIES + 1):
        try:
            return await episode.reply(text)
        except SandboxError as error:
            broken = sandbox_failed(error)
            if tried == TRIES:
                return replace(broken, detail=f"{broken.detail[:LONGEST_DETAIL]} (asked {tried} times)")
            if broken.breakage is Breakage.OVERLOAD:
                await asyncio.sleep(overload_seconds * 2 ** (tried - 1))
        except ParnassusError:
            raise
        except Exception as error:
            return _stumbled(error)
    raise AssertionError("asked at least once")


async def _asked(verifier: Verifier, problem: Problem, response: str, sandbox: Sandbox) -> Verdict:
    try:
        return await verifier(problem, response, sandbox)
    except SandboxError as error:
        return sandbox_failed(error)
    except ParnassusError:
        raise
    except Exception as error:  # one response that a verifier stumbles over must not end a run of weeks
        return _stumbled(error)


def _stumbled(error: Exception) -> Verdict:
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    return Verdict(Outcome.BROKEN, 0.0, f"{type(error).__name__}: {error} ({where})", Breakage.JUDGE)


def sandbox_failed(error: SandboxError) -> Verdict:
    """The verdict where a sandbox gave none: a full queue is told from a dead one."""
    overload = isinstance(error, SandboxOverload)
    return Verdict(Outcome.BROKEN, 0.0, str(error), Breakage.OVERLOAD if overload else Breakage.SANDBOX)
