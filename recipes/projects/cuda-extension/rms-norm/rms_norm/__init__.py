"""Root-mean-square normalization of rows, in one CUDA kernel."""

import torch

from rms_norm._kernel import rms_norm as _rms_norm


def rms_norm(rows: torch.Tensor, weight: torch.Tensor, eps: float = 1e-6) -> torch.Tensor:
    """Each row divided by its root mean square and multiplied by ``weight``.

    Both tensors are on the same GPU and of the same floating type; ``weight`` has as many elements as a row.
    """
    return _rms_norm(rows.contiguous(), weight.contiguous(), eps)
