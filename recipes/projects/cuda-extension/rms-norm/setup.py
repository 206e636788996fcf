from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CUDAExtension

setup(
    name="rms-norm",
    version="1.0",
    packages=["rms_norm"],
    install_requires=["torch"],
    ext_modules=[CUDAExtension("rms_norm._kernel", ["rms_norm/kernel.cu"])],
    cmdclass={"build_ext": BuildExtension},
)
