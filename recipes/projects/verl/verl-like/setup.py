"""As in many training frameworks, requirements and extras are computed: no tool can read them statically."""

from pathlib import Path

from setuptools import setup

VERSION = Path(__file__).with_name("verl_like").joinpath("version").read_text(encoding="utf-8").strip()

REQUIREMENTS = [
    "accelerate",
    "codetiming",
    "datasets",
    "dill",
    "hydra-core",
    "numpy<2.0.0",
    "pandas",
    "peft",
    "pyarrow>=15.0.0",
    "ray[default]",
    "torchdata",
    "transformers",
    "wandb",
]
EXTRAS = {
    "vllm": ["vllm==0.8.5.post1", "tensordict<=0.6.2"],
    "gpu": ["liger-kernel", "flash-attn==2.7.4.post1"],
    "math": ["math-verify"],
}

setup(version=VERSION, install_requires=REQUIREMENTS, extras_require=EXTRAS)
