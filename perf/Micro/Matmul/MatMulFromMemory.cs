using Hearth.Kernels.Probing;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Matmul;

/// <summary>Weights that no cache holds, as a model's: what memory allows.</summary>
public class MatMulFromMemory : MatMulBenchmarks
{
    /// <inheritdoc/>
    protected override long Bytes => MemoryProbe.BufferBytes / 2;

    private protected override Ceilings Probe(WorkerPool workers) => base.Probe(workers).Or(Machine.Memory(workers));
}
