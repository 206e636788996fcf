#include <cuda_runtime.h>

#define TEXT(x) #x
#define VALUE(x) TEXT(x)

__global__ void add_kernel(const float *left, const float *right, float *result, int size) {
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < size) result[index] = left[index] + right[index];
}

static bool add_on_gpu(const float *left, const float *right, float *result, int size) {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return false;
    size_t bytes = size * sizeof(float);
    float *buffers[3] = {nullptr, nullptr, nullptr};
    bool ok = true;
    for (float *&buffer : buffers) ok = ok && cudaMalloc((void **)&buffer, bytes) == cudaSuccess;
    ok = ok && cudaMemcpy(buffers[0], left, bytes, cudaMemcpyHostToDevice) == cudaSuccess;
    ok = ok && cudaMemcpy(buffers[1], right, bytes, cudaMemcpyHostToDevice) == cudaSuccess;
    if (ok) add_kernel<<<(size + 255) / 256, 256>>>(buffers[0], buffers[1], buffers[2], size);
    ok = ok && cudaMemcpy(result, buffers[2], bytes, cudaMemcpyDeviceToHost) == cudaSuccess;
    for (float *buffer : buffers) cudaFree(buffer);
    return ok;
}

extern "C" int vector_add(const float *left, const float *right, float *result, int size) {
    if (add_on_gpu(left, right, result, size)) return 1;
    for (int index = 0; index < size; ++index) result[index] = left[index] + right[index];
    return 0;
}

extern "C" const char *cuda_version() { return VALUE(__CUDACC_VER_MAJOR__) "." VALUE(__CUDACC_VER_MINOR__); }
extern "C" const char *numpy_version() { return NUMPY_VERSION; }
extern "C" const char *nvcc_path() { return NVCC_PATH; }
