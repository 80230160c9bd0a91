"""The asyncio side of engines: cancellation, failures, and event loops that end early."""

import asyncio
import gc
from collections.abc import Callable

import pytest
from transformers import PreTrainedModel

from parnassus.engines.embedded import EmbeddedEngine
from parnassus.types import Completion, Sampling

Make = Callable[[str], PreTrainedModel]
LONG, SHORT = Sampling(max_tokens=60), Sampling(max_tokens=4)


@pytest.fixture(params=["qwen3"])
def engine(small_model: Make, request: pytest.FixtureRequest) -> EmbeddedEngine:
    return EmbeddedEngine(small_model(request.param), (), max_len=64, slots=2)


def ask(engine: EmbeddedEngine) -> Completion:
    return asyncio.run(engine.generate([1, 2, 3], SHORT, seed=5))


def test_a_cancelled_caller_gives_its_row_back(engine: EmbeddedEngine):
    expected = ask(engine)

    async def crowd_out() -> Completion:
        hogs = [asyncio.create_task(engine.generate([seed], LONG, seed)) for seed in range(2)]
        waiting = asyncio.create_task(engine.generate([9], LONG, seed=9))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for task in (*hogs, waiting):
            task.cancel()
        completion = await engine.generate([1, 2, 3], SHORT, seed=5)
        assert all(task.cancelled() for task in (*hogs, waiting))
        return completion

    assert asyncio.run(crowd_out()) == expected


def test_weights_can_be_loaded_right_after_a_cancellation(engine: EmbeddedEngine, small_model: Make):
    """And what was prefilled for callers that were still waiting is forgotten: it is of the old weights."""
    weights = {name: 1.5 * tensor for name, tensor in small_model("qwen3").state_dict().items()}
    engine.load(weights, version=1)
    expected = ask(engine)
    engine.load(small_model("qwen3").state_dict(), version=0)

    async def cancel_then_load() -> None:
        prompts = [[1], [2], [1, 2, 3]]
        tasks = [asyncio.create_task(engine.generate(prompt, LONG, seed=0)) for prompt in prompts]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        engine.load(weights, version=1)

    asyncio.run(cancel_then_load())
    assert ask(engine) == expected


def test_a_caller_that_gave_up_can_load_at_once(engine: EmbeddedEngine, small_model: Make):
    async def give_up_then_load() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await engine.generate([1], LONG, seed=0)
        engine.load(small_model("qwen3").state_dict(), version=1)

    asyncio.run(give_up_then_load())


@pytest.mark.parametrize("passes", [0, 1, 2, 5])
def test_an_event_loop_may_end_with_requests_in_flight(engine: EmbeddedEngine, passes: int):
    """asyncio.run cancels what is left: callers, and the decoding task whether or not it has begun."""
    expected = ask(engine)

    async def leave_early() -> asyncio.Task[Completion]:
        task = asyncio.create_task(engine.generate([1], LONG, seed=0))
        for _ in range(passes):
            await asyncio.sleep(0)
        return task

    assert asyncio.run(leave_early()).cancelled()
    gc.collect()  # a task destroyed while pending would warn here, and warnings are errors
    assert ask(engine) == expected


class Failing(EmbeddedEngine):
    """Real in all but one: its third step fails, as a device that runs out of memory would."""

    steps = 0

    def _step(self) -> list[int]:
        self.steps += 1
        if self.steps == 3:
            raise RuntimeError("out of memory")
        return super()._step()


def test_a_failing_step_reaches_every_caller_and_the_next_one_works(small_model: Make):
    engine = Failing(small_model("qwen3"), (), max_len=64, slots=2)

    async def three_callers() -> list[object]:
        calls = [engine.generate([seed], LONG, seed) for seed in range(3)]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    assert [str(result) for result in asyncio.run(three_callers())] == ["out of memory"] * 3
    expected = ask(EmbeddedEngine(small_model("qwen3"), (), max_len=64, slots=2))
    assert ask(engine) == expected


def test_the_decoding_task_ends_with_the_work(engine: EmbeddedEngine):
    async def remaining() -> set[asyncio.Task[object]]:
        await engine.generate([1], SHORT, seed=0)
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert not asyncio.run(remaining())
