#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/extension.h>

// One block for each row: its threads add up the squares of the row, then write the scaled elements.
template <typename scalar_t>
__global__ void rms_norm_kernel(const scalar_t* rows, const scalar_t* weight, scalar_t* out, int64_t width, float eps) {
  const scalar_t* row = rows + blockIdx.x * width;
  float sum = 0.f;
  for (int64_t i = threadIdx.x; i < width; i += blockDim.x) {
    const float value = static_cast<float>(row[i]);
    sum += value * value;
  }
  for (int offset = warpSize / 2; offset > 0; offset /= 2) sum += __shfl_down_sync(0xffffffffu, sum, offset);
  __shared__ float partial[32];
  if (threadIdx.x % warpSize == 0) partial[threadIdx.x / warpSize] = sum;
  __syncthreads();
  float total = 0.f;
  for (int warp = 0; warp < blockDim.x / warpSize; ++warp) total += partial[warp];
  const float scale = rsqrtf(total / static_cast<float>(width) + eps);
  for (int64_t i = threadIdx.x; i < width; i += blockDim.x) {
    const float value = static_cast<float>(row[i]) * scale * static_cast<float>(weight[i]);
    out[blockIdx.x * width + i] = static_cast<scalar_t>(value);
  }
}

torch::Tensor rms_norm(const torch::Tensor& rows, const torch::Tensor& weight, double eps) {
  TORCH_CHECK(rows.is_cuda() && weight.is_cuda(), "rms_norm: both tensors have to be on a GPU");
  TORCH_CHECK(rows.dim() == 2 && weight.dim() == 1, "rms_norm: expected rows (2-d) and weight (1-d)");
  TORCH_CHECK(rows.size(1) == weight.size(0), "rms_norm: weight has another length than the rows");
  TORCH_CHECK(rows.scalar_type() == weight.scalar_type(), "rms_norm: rows and weight differ in type");
  const c10::cuda::CUDAGuard guard(rows.device());
  auto out = torch::empty_like(rows);
  if (rows.numel() == 0) return out;
  const auto stream = at::cuda::getCurrentCUDAStream();
  AT_DISPATCH_FLOATING_TYPES_AND2(at::kHalf, at::kBFloat16, rows.scalar_type(), "rms_norm", [&] {
    rms_norm_kernel<scalar_t><<<rows.size(0), 256, 0, stream>>>(
        rows.data_ptr<scalar_t>(), weight.data_ptr<scalar_t>(), out.data_ptr<scalar_t>(), rows.size(1),
        static_cast<float>(eps));
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return out;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  m.def("rms_norm", &rms_norm);
}
