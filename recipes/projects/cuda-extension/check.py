"""Run the kernel on the GPU, and compare it with torch in double precision."""

import torch
from rms_norm import rms_norm


def error(dtype: torch.dtype) -> float:
    """The relative error of the kernel for random rows of a type."""
    rows = torch.randn(1000, 4099, device="cuda", dtype=dtype)
    weight = torch.randn(4099, device="cuda", dtype=dtype)
    expected = torch.nn.functional.rms_norm(rows.double(), [4099], weight.double(), eps=1e-6)
    return float((rms_norm(rows, weight).double() - expected).norm() / expected.norm())


if __name__ == "__main__":
    if not torch.cuda.is_available():
        raise SystemExit("rms_norm is installed; running it takes a GPU")
    print(
        torch.cuda.get_device_name(), "with compute capability", ".".join(map(str, torch.cuda.get_device_capability()))
    )
    for dtype, limit in ((torch.float32, 1e-6), (torch.float16, 1e-3), (torch.bfloat16, 1e-2)):
        found = error(dtype)
        print(f"{dtype}: relative error {found:.1e}")
        if not found < limit:
            raise SystemExit(f"{dtype}: the kernel computes something else than torch")
