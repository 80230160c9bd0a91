"""The sampler alone: frequencies, nucleus, and independence of neighbours."""

import asyncio
from collections import Counter

import pytest
import torch

from parnassus.engines.rows import Request, Rows
from parnassus.engines.sampler import nucleus, sample
from parnassus.types import Sampling

LOGITS = torch.tensor([0.0, 1.0, 2.0, -1.0, 0.5])


def rows_of(*samplings: Sampling) -> Rows:
    """One row a sampling, seeded by its place."""
    rows = Rows(slots=len(samplings), max_len=4, vocabulary=5, stop_ids=())

    async def fill() -> None:
        answer = asyncio.get_running_loop().create_future()
        for seed, sampling in enumerate(samplings):
            rows.add(Request((0,), sampling, seed, 1, answer))

    asyncio.run(fill())
    return rows


def draw(*samplings: Sampling) -> list[int]:
    tokens, _ = sample(LOGITS.expand(len(samplings), -1), rows_of(*samplings))
    return tokens.tolist()


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_frequencies_are_the_softmax(temperature: float):
    """4,000 seeds: each frequency within four standard deviations of its probability."""
    count = 4000
    found = Counter(draw(*[Sampling(1, temperature)] * count))
    for token, probability in enumerate((LOGITS / temperature).softmax(0).tolist()):
        deviation = (count * probability * (1 - probability)) ** 0.5
        assert abs(found[token] - count * probability) < 4 * deviation


def test_a_nucleus_keeps_the_likeliest():
    probability = torch.tensor([[0.1, 0.5, 0.3, 0.1], [0.25, 0.25, 0.25, 0.25], [0.0, 0.0, 1.0, 0.0]])
    kept = nucleus(probability, torch.tensor([0.7, 0.4, 1e-9]))
    assert kept.tolist() == [
        pytest.approx([0, 0.5, 0.3, 0]),
        pytest.approx([0.25, 0.25, 0, 0]),
        pytest.approx([0, 0, 1, 0]),
    ]


def test_a_nucleus_of_two_never_draws_a_third():
    """Tokens 2 and 1 hold 0.76 of the mass; the log-probability is still that of the whole softmax."""
    samplings = [Sampling(1, top_p=0.7)] * 500
    tokens, logprobs = sample(LOGITS.expand(500, -1), rows_of(*samplings))
    assert set(tokens.tolist()) == {1, 2}
    torch.testing.assert_close(logprobs, LOGITS.log_softmax(0)[tokens])


def test_a_row_is_drawn_the_same_beside_any_other():
    alone = draw(*[Sampling(1)] * 50)
    samplings = [Sampling(1), Sampling(1, temperature=0.0), Sampling(1, 0.3, 0.5)]
    beside = draw(*[samplings[index % 3] for index in range(50)])
    assert alone[::3] == beside[::3]
    assert set(beside[1::3]) == {2}


def test_the_ends_of_the_unit_interval_draw_possible_tokens():
    rows = rows_of(Sampling(1), Sampling(1))
    rows.uniforms()  # reads; what follows writes where it reads from
    rows._uniforms[:, 0] = [0.0, 1 - 2**-24]
    tokens, _ = sample(torch.tensor([[-torch.inf, 0, 0, 1, -torch.inf]] * 2), rows)
    assert tokens.tolist() == [1, 3]
