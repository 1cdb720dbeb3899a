"""Whole layers that are learnt, and the adapters that they are shipped as."""

import torch

from training.average import averaged
from training.model import Shape, TrainedReader, low_rank


def test_a_change_oflow_rank_is_kept_whole():
    generator = torch.Generator().manual_seed(1)
    change = torch.randn(6, 2, generator=generator) @ torch.randn(2, 9, generator=generator)
    up, down = low_rank(change, 2)
    assert torch.allclose(up @ down, change, atol=1e-5)
    up, down = low_rank(change, 1)
    assert (up @ down - change).norm() < change.norm()


def test_whole_layers_go_on_from_adapters_and_are_shipped_as_adapters():
    torch.manual_seed(1)
    adapted = TrainedReader(Shape(rank=4, first_layer=11))
    for name, value in adapted.named_parameters():
        if name.endswith(".up"):
            torch.nn.init.normal_(value, std=0.02)
    whole = TrainedReader(Shape(rank=4, first_layer=11, whole=True))
    whole.take(adapted.learnt())
    ids = torch.arange(5, 25)[None]
    mask = torch.ones_like(ids, dtype=torch.bool)
    passage = mask.clone()
    passage[:, :5] = False
    with torch.no_grad():
        one, other = adapted(ids, mask, passage), whole(ids, mask, passage)
    assert torch.allclose(one.sentence, other.sentence, atol=0.05)
    again = TrainedReader(Shape(rank=4, first_layer=11))
    again.take(whole.learnt())
    for number in range(11, 12):
        for part in ("query", "inner", "outer"):
            before = getattr(adapted.layers[number], part)
            after = getattr(again.layers[number], part)
            assert torch.allclose(before.up @ before.down, after.up @ after.down, atol=1e-4)


def test_the_mean_of_two_readers_is_the_mean_of_what_they_do():
    generator = torch.Generator().manual_seed(2)
    given = [
        {
            "layers.0.query.up": torch.randn(5, 2, generator=generator),
            "layers.0.query.down": torch.randn(2, 7, generator=generator),
            "norm.weight": torch.full((3,), float(number)),
        }
        for number in range(2)
    ]
    mean = averaged(*given, 0.25, 4)
    one, other = (both["layers.0.query.up"] @ both["layers.0.query.down"] for both in given)
    product = mean["layers.0.query.up"] @ mean["layers.0.query.down"]
    assert torch.allclose(product, 0.75 * one + 0.25 * other, atol=1e-5)
    assert mean["norm.weight"].tolist() == [0.25] * 3
