"""Hours by arithmetic: golden numbers by hand, sizes by the names that models have."""

import pytest

from parnassus.recipes.cost import Cost
from parnassus.recipes.hours import gpu_hours, parameters


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Qwen/Qwen3-8B-Base", 8e9),
        ("Qwen/Qwen2.5-32B", 32e9),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", 1.5e9),
        ("Qwen/Qwen3-30B-A3B", 30e9),
        ("builtin:tiny", None),
        ("./models/GPT4All-B", None),
    ],
)
def test_the_name_of_a_model_tells_its_size(name, size):
    assert parameters(name) == size


def test_hours_of_sampling_and_of_training():
    """1e9 sampled tokens of 10e9 parameters: 2e19 operations at 49.45e12 a second are 404,449 s; as many
    trained ones: 8e19 at 296.7e12 are 269,633 s."""
    assert gpu_hours([Cost(stage="a", sampled_tokens=10**9)], 10e9) == pytest.approx(404_449 / 3600, rel=1e-5)
    assert gpu_hours([Cost(stage="a", trained_tokens=10**9)], 10e9) == pytest.approx(269_633 / 3600, rel=1e-5)
    both = [Cost(stage="a", sampled_tokens=10**9), Cost(stage="b", trained_tokens=10**9)]
    assert gpu_hours(both, 10e9) == pytest.approx((404_449 + 269_633) / 3600, rel=1e-5)
