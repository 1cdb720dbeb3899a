#!/usr/bin/env bash
# faiss-cpu 1.15.1, Python 3.11, numpy 2.
#
# Two things of RaBitQ that its interface doesn't let one guess. (1) `IndexPreTransform` (the random turning that
# RaBitQ needs, in front of it) has `sa_encode`, `sa_code_size` and `sa_decode`, but its `add_sa_codes` raises "not
# implemented", while the index inside has it: codes made through the whole index must be added to its inner one.
# (2) `qb=0`, "the question isn't quantised", doesn't find more than `qb=8` and takes two orders of magnitude longer.
#
# What it means here: `rag/index/quantization.py` turns questions itself and searches the inner index, with qb=8.
#
# Seen:
#   codes through the whole index: RuntimeError
#   codes through its inner index: 20000
#   qb=0 takes more than ten times as long as qb=8: True
#   and finds more of the ten nearest: False
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check -q install 'faiss-cpu==1.15.1' 'numpy==2.4.6' 2>/dev/null \
  || "$folder/venv/bin/pip" --disable-pip-version-check -q install 'faiss-cpu==1.15.1' 'numpy>=2,<3'
cd "$folder"
cat > run.py <<'PY'
import time

import faiss
import numpy as np

faiss.omp_set_num_threads(1)
rng = np.random.default_rng(0)
vectors = rng.standard_normal((20_000, 384)).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
inner = faiss.IndexRaBitQ(384, faiss.METRIC_INNER_PRODUCT, 1)
whole = faiss.IndexPreTransform(faiss.RandomRotationMatrix(384, 384), inner)
whole.train(vectors)
codes = whole.sa_encode(vectors)
try:
    whole.add_sa_codes(codes)
    print("codes through the whole index:", whole.ntotal)
except RuntimeError:
    print("codes through the whole index: RuntimeError")
inner.add_sa_codes(codes)
print("codes through its inner index:", inner.ntotal)
turned = faiss.downcast_VectorTransform(whole.chain.at(0)).apply(vectors[:40])
exact = [set(np.argsort(-(vectors @ vector))[:10].tolist()) for vector in vectors[:40]]
seconds, found = {}, {}
for bits in (0, 8):
    parameters = faiss.RaBitQSearchParameters()
    parameters.qb = bits
    clock = time.perf_counter()
    rows = [inner.search(question[None], 100, params=parameters)[1][0] for question in turned]
    seconds[bits] = time.perf_counter() - clock
    found[bits] = np.mean([len(set(r.tolist()) & e) / 10 for r, e in zip(rows, exact)])
print("qb=0 takes more than ten times as long as qb=8:", seconds[0] > 10 * seconds[8])
print("and finds more of the ten nearest:", bool(found[0] > found[8] + 0.01))
PY
"$folder/venv/bin/python" run.py | tee seen.txt
diff - seen.txt <<'EOF'
codes through the whole index: RuntimeError
codes through its inner index: 20000
qb=0 takes more than ten times as long as qb=8: True
and finds more of the ten nearest: False
EOF
