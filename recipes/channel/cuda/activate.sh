# Make this environment's CUDA toolkit the one that builds use. Sourced on activation, by any POSIX shell.
#
# The toolkit is split: nvcc lies in bin/, headers and libraries in targets/x86_64-linux/. nvcc knows that from its
# profile; a host compiler that includes cuda_runtime_api.h, or links -lcudart, learns it from CPATH and LIBRARY_PATH.

_interlock_cuda_target="${CONDA_PREFIX}/targets/x86_64-linux"

export INTERLOCK_SAVED_CUDA_HOME="${CUDA_HOME-}"
export CUDA_HOME="${CONDA_PREFIX}"

case ":${CPATH-}:" in
    *":${_interlock_cuda_target}/include:"*) ;;
    *) export CPATH="${_interlock_cuda_target}/include${CPATH:+:${CPATH}}" ;;
esac
case ":${LIBRARY_PATH-}:" in
    *":${_interlock_cuda_target}/lib:"*) ;;
    *) export LIBRARY_PATH="${_interlock_cuda_target}/lib:${_interlock_cuda_target}/lib/stubs${LIBRARY_PATH:+:${LIBRARY_PATH}}" ;;
esac

# A compiler that the environment brings must also be the one that nvcc hands host code to; a -ccbin option still wins.
if [ -n "${CONDA_BUILD_SYSROOT-}${CONDA_TOOLCHAIN_HOST-}" ] && [ -n "${CXX-}" ] && [ -z "${NVCC_CCBIN-}" ]; then
    export NVCC_CCBIN="${CXX}"
    export INTERLOCK_SET_NVCC_CCBIN=1
fi

unset _interlock_cuda_target
