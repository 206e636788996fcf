"""Names of wheels as projects publish them, and what they claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.builds.prebuilt.candidate import candidate
from interlock.builds.prebuilt.claims import Claims, read_claims

# Found in public texts that link to release pages: the name, then torch, the platform, and the new C++ ABI.
TORCH28 = ("2.80", "2.8.0")
NAMES = [
    ("flash_attn-2.7.4.post1+cu12torch2.6cxx11abiTRUE-cp310-cp310-linux_x86_64.whl", ("2.6",), "12", True),
    ("flash_attn-2.6.1+cu124torch2.4cxx11abiTRUE-cp310-cp310-linux_x86_64.whl", ("2.4",), "12.4", True),
    ("flash_attn-2.8.3+cu12torch2.8cxx11abiTRUE-cp310-cp310-linux_x86_64.whl", ("2.8",), "12", True),
    ("flash_attn-2.8.3+cu12torch2.11cxx11abiTRUE-cp312-cp312-linux_x86_64.whl", ("2.11",), "12", True),
    ("flash_attn-2.8.1+cu12torch2.10cxx11abiTRUE-cp313-cp313-linux_x86_64.whl", ("2.10",), "12", True),
    ("flash_attn-2.8.2+cu128torch2.8.0cxx11abiFALSEfullbackward-cp311-cp311-win_amd64.whl", ("2.8.0",), "12.8", False),
    ("flash_attn-2.8.3+cu128torch2.8.0cxx11abiFALSE-cp310-cp310-win_amd64.whl", ("2.8.0",), "12.8", False),
    ("flash_attn-2.8.3+cu128torch2.9-cp312-cp312-linux_x86_64.whl", ("2.9",), "12.8", None),
    ("flash_attn-2.8.3+cu130torch2.9-cp312-cp312-manylinux_2_34_aarch64.whl", ("2.9",), "13.0", None),
    ("flash_attn-2.8.3+cu130torch2.11-cp312-cp312-linux_x86_64.whl", ("2.11",), "13.0", None),
    ("flash_attn_3-3.0.0b1+20250911.cu129torch280cxx11abitrue.dfb664-cp39-abi3-any.whl", TORCH28, "12.9", True),
    ("flash_attn_3-3.0.0+20260318.cu128torch280cxx11abitrue.8afc61-cp39-abi3-win_amd64.whl", TORCH28, "12.8", True),
    ("causal_conv1d-1.7.0+cu12torch2.8cxx11abiTRUE-cp313-cp313-linux_x86_64.whl", ("2.8",), "12", True),
    ("mamba_ssm-2.2.4+cu12torch2.2cxx11abiTRUE-cp310-cp310-linux_x86_64.whl", ("2.2",), "12", True),
    ("mamba_ssm-2.2.4+cu11torch2.1cxx11abiFALSE-cp39-cp39-linux_x86_64.whl", ("2.1",), "11", False),
    ("mamba_ssm-2.2.2+cu118torch2.0cxx11abiFALSE-cp310-cp310-linux_x86_64.whl", ("2.0",), "11.8", False),
    ("mamba_ssm-2.2.6.post3+cu11torch2.4cxx11abiFALSE-cp310-cp310-linux_x86_64.whl", ("2.4",), "11", False),
    ("torch_scatter-2.1.2+pt20cu117-cp39-cp39-linux_x86_64.whl", ("2.0",), "11.7", None),
    ("torch_scatter-2.0.5+cu101-cp36-cp36m-win_amd64.whl", (), "10.1", None),
    ("torch_sparse-0.6.18+pt23cu121-cp310-cp310-linux_x86_64.whl", ("2.3",), "12.1", None),
    ("torch_sparse-0.6.15+pt113cu116-cp39-cp39-linux_x86_64.whl", ("1.13", "1.1.3"), "11.6", None),
    ("torch_sparse-0.6.9-cp37-cp37m-linux_x86_64.whl", (), None, None),
    ("pyg_lib-0.4.0+pt25cu118-cp312-cp312-linux_x86_64.whl", ("2.5",), "11.8", None),
    ("pyg_lib-0.2.0+pt112cpu-cp38-cp38-linux_x86_64.whl", ("1.12", "1.1.2"), "cpu", None),
    ("gsplat-1.4.0+pt24cu121-cp310-cp310-linux_x86_64.whl", ("2.4",), "12.1", None),
    ("gsplat-1.6.0+pt211cu128-cp312-cp312-linux_x86_64.whl", ("2.11", "2.1.1"), "12.8", None),
    ("pytorch3d-0.7.8+pt2.5.1cu124-cp311-cp311-linux_x86_64.whl", ("2.5.1",), "12.4", None),
    ("pytorch3d-0.7.8+5043d15pt2.7.0cu128-cp311-cp311-linux_x86_64.whl", ("2.7.0",), "12.8", None),
    ("natten-0.17.3+torch240cu121-cp38-cp38-linux_x86_64.whl", ("2.40", "2.4.0"), "12.1", None),
    ("natten-0.17.3+torch240cu124-cp312-cp312-win_amd64.whl", ("2.40", "2.4.0"), "12.4", None),
    ("sageattention-2.2.0+cu128torch2.8.0-cp311-cp311-win_amd64.whl", ("2.8.0",), "12.8", None),
    ("sageattention-2.2.0+cu130torch2.9.0andhigher.post4-cp39-abi3-win_amd64.whl", ("2.9.0",), "13.0", None),
    ("sageattention-2.2.0-1.cuda12.9.1.torch2.8.0-cp312-cp312-linux_x86_64.whl", ("2.8.0",), "12.9", None),
    ("exllamav2-0.2.7+cu121.torch2.5.0-cp312-cp312-win_amd64.whl", ("2.5.0",), "12.1", None),
    ("exllamav2-0.2.9+rocm6.3.torch2.7.0-cp312-cp312-linux_x86_64.whl", ("2.7.0",), "rocm6.3", None),
    ("exllamav3-0.0.6+cu128.torch2.8.0-cp313-cp313-linux_x86_64.whl", ("2.8.0",), "12.8", None),
    ("nunchaku-1.0.0+torch2.8-cp311-cp311-linux_x86_64.whl", ("2.8",), None, None),
    ("nunchaku-1.2.1+cu13.0torch2.9-cp312-cp312-win_amd64.whl", ("2.9",), "13.0", None),
    ("gptqmodel-5.7.0+cu126torch2.9-cp312-cp312-linux_x86_64.whl", ("2.9",), "12.6", None),
    ("auto_gptq-0.7.1+cu121-cp39-abi3-win_amd64.whl", (), "12.1", None),
    ("k2-1.24.4.dev20250807+cuda12.8.torch2.8.0-cp310-cp310-manylinux_2_27_x86_64.whl", ("2.8.0",), "12.8", None),
    ("flash_attn-2.8.2-cp312-cp312-linux_x86_64.whl", (), None, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "torch", "platform", "abi"), NAMES, ids=[name for name, *_ in NAMES])
def test_names_found_on_release_pages(
    name: str, torch: tuple[str, ...], platform: str | None, abi: bool | None
) -> None:
    claims = candidate(f"https://example.org/{name.replace('+', '%2B')}").claims
    shown = str(claims.cuda) if claims.cuda else claims.platform
    assert (claims.torch, shown, claims.cxx11_abi) == (torch, platform, abi)


@given(st.text())
def test_any_text_claims_something_or_nothing(text: str) -> None:
    claims = read_claims(text)
    assert (claims.cuda is not None) == (claims.platform == "cuda")
    assert all(version[0].isdigit() for version in claims.torch)


def test_what_says_nothing_claims_nothing() -> None:
    assert read_claims("d20250101") == Claims()
