"""pytorch.py WAY: PyTorch as a contestant; contestant.hpp has the protocol.

WAY is `sdpa`, scaled_dot_product_attention; or `naive`, the product, softmax and product of the paper's published code.
"""

import json
import math
import sys
import time

import torch


def attend_sdpa(queries, keys, values):
    batch = (queries[None, None], keys[None, None], values[None, None])
    return torch.nn.functional.scaled_dot_product_attention(*batch)[0, 0]


def attend_naive(queries, keys, values):
    return torch.softmax(queries @ keys.T / math.sqrt(keys.shape[1]), dim=-1) @ values


def moments(outputs):
    mean = outputs.mean(0)
    centred = outputs - mean
    return mean, centred.T @ centred / len(outputs)


def error_of(outputs, queries, keys, values):
    """The largest difference to float64 in eight rows."""
    rows = [i * (len(queries) - 1) // 7 for i in range(8)]
    exact = attend_naive(queries[rows].double(), keys.double(), values.double())
    return (outputs[rows] - exact).abs().max().item()


def error_of_moments(found, queries, keys, values):
    keys, values = keys.double(), values.double()
    exact = moments(torch.cat([attend_naive(part.double(), keys, values) for part in queries.split(256)]))
    return max((mine - theirs).abs().max().item() for mine, theirs in zip(found, exact))


def peak_memory():
    """In bytes; what Linux says of this program alone."""
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def measure(run, seconds):
    """Milliseconds and processor milliseconds of the median of as many runs as fill those seconds."""
    runs = []
    start = now = time.perf_counter()
    while not runs or now - start < seconds:
        begin, processor_begin = now, time.process_time()
        run()
        processor = time.process_time() - processor_begin
        now = time.perf_counter()
        runs.append((1000 * (now - begin), 1000 * processor))
    return sorted(runs)[len(runs) // 2]


def reply(document):
    print(json.dumps(document), flush=True)


def main(way):
    workload = json.loads(sys.stdin.readline())
    torch.set_num_threads(workload["threads"])
    generator = torch.Generator().manual_seed(1)
    arrays = [torch.randn(workload["n"], workload["d"], generator=generator) for _ in range(3)]
    attend = {"sdpa": attend_sdpa, "naive": attend_naive}[way]
    run, check = {
        "attention": (lambda: attend(*arrays), error_of),
        "moments": (lambda: moments(attend(*arrays)), error_of_moments),
    }[workload["kind"]]

    found = run()
    memory = peak_memory()
    reply({"contestant": f"PyTorch {torch.__version__} {way}", "error": check(found, *arrays)})
    for line in sys.stdin:
        wall, processor = measure(run, json.loads(line)["seconds"])
        reply({"milliseconds": wall, "processor_milliseconds": processor, "peak_memory": memory})


if __name__ == "__main__":
    with torch.inference_mode():
        main(sys.argv[1])
