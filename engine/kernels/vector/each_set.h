// Builds BURDOCK_VECTOR_CODE for each set of instructions, see vectors.h.

#include "engine/kernels/vector/vectors.h"

#ifdef BURDOCK_VECTOR_BASELINE
#define BURDOCK_SET baseline
#include BURDOCK_VECTOR_CODE
#undef BURDOCK_SET
#undef BURDOCK_VECTOR_BASELINE
#endif

#ifdef BURDOCK_VECTORS

#pragma GCC push_options
#pragma GCC target("avx2,fma")
#define BURDOCK_SET avx2
#include BURDOCK_VECTOR_CODE
#undef BURDOCK_SET
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma")
#define BURDOCK_SET avx512
#include BURDOCK_VECTOR_CODE
#undef BURDOCK_SET
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")
#define BURDOCK_SET avx512_bf16
#define BURDOCK_BFLOAT16
#include BURDOCK_VECTOR_CODE
#undef BURDOCK_BFLOAT16
#undef BURDOCK_SET
#pragma GCC pop_options

#endif

#undef BURDOCK_VECTOR_CODE
