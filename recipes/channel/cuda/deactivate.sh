# Undo what activation did, and leave what others added to the same variables since.

_interlock_without() {
    # $1 without the directories $2 and $3, all in PATH's form.
    _interlock_rest=":$1:"
    for _interlock_dir in "$2" "$3"; do
        case "${_interlock_rest}" in
            *":${_interlock_dir}:"*)
                _interlock_rest="${_interlock_rest%%":${_interlock_dir}:"*}:${_interlock_rest#*":${_interlock_dir}:"}" ;;
        esac
    done
    _interlock_rest="${_interlock_rest#:}"
    printf '%s' "${_interlock_rest%:}"
}

_interlock_cuda_target="${CONDA_PREFIX}/targets/x86_64-linux"
CPATH="$(_interlock_without "${CPATH-}" "${_interlock_cuda_target}/include" "${_interlock_cuda_target}/include")"
LIBRARY_PATH="$(_interlock_without "${LIBRARY_PATH-}" "${_interlock_cuda_target}/lib" "${_interlock_cuda_target}/lib/stubs")"
# Empty is not the same as unset: an empty entry of CPATH means the current directory.
[ -n "${CPATH}" ] || unset CPATH
[ -n "${LIBRARY_PATH}" ] || unset LIBRARY_PATH

if [ -n "${INTERLOCK_SAVED_CUDA_HOME-}" ]; then
    export CUDA_HOME="${INTERLOCK_SAVED_CUDA_HOME}"
else
    unset CUDA_HOME
fi
unset INTERLOCK_SAVED_CUDA_HOME
if [ -n "${INTERLOCK_SET_NVCC_CCBIN-}" ]; then
    unset NVCC_CCBIN INTERLOCK_SET_NVCC_CCBIN
fi

unset -f _interlock_without
unset _interlock_rest _interlock_dir _interlock_cuda_target
