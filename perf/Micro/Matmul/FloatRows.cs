using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;
using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Matmul;

/// <summary>
/// One token through a matrix of floats on one thread, beside a dot product of the framework's tensor library a row: the only product of
/// ours that it has, too.
/// </summary>
public unsafe class FloatRows
{
    private const int Rows = 64;
    private const int Columns = 2048;

    private readonly float[] matrix = Draws.Floats(Rows * Columns, seed: 4, scale: 0.02f);
    private readonly float[] x = Draws.Floats(Columns, seed: 5);
    private readonly float[] y = new float[Rows];
    private WorkerPool pool = null!;
    private PackedMatrix weights = null!;
    private AlignedBuffer activations = null!;
    private AlignedBuffer outputs = null!;

    [GlobalSetup]
    public void Setup()
    {
        pool = new WorkerPool(1);
        var expected = Make(Machine.Oracle);
        Cleanup();
        pool = new WorkerPool(1);
        var actual = Make(Machine.Kernels);
        Answer.MustEqual(expected, actual, "floats");
        DotOfTensorPrimitives();
        Answer.MustBeNear(expected, y, 1e-4f, "TensorPrimitives.Dot");
        Ledger.Declare(new Work(Rows * Columns, weights.Bytes), Machine.Peak(weights.Kernel.Arithmetic, pool));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        weights.Dispose();
        activations.Dispose();
        outputs.Dispose();
        pool.Dispose();
    }

    [Benchmark]
    public void Multiply() => MatMul.Run(pool, 1, new MatMulJob(weights, (nint)activations.Pointer, (nint)outputs.Pointer, Rows));

    [Benchmark(Baseline = true)]
    public void DotOfTensorPrimitives()
    {
        for (int row = 0; row < Rows; row++)
            y[row] = TensorPrimitives.Dot(matrix.AsSpan(row * Columns, Columns), x);
    }

    private float[] Make(KernelSet kernels)
    {
        _ = kernels.TryGetPanel(WeightType.F32, out var kernel);
        weights = PackedMatrix.Pack(kernel!, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(matrix), Rows, Columns, pool);
        activations = new AlignedBuffer(kernels.ActivationBytes(kernel!.Activations, 1, Columns));
        outputs = new AlignedBuffer(Rows * sizeof(float));
        fixed (float* source = x)
            MatMul.Pack(pool, kernels, kernel.Activations, source, Columns, 1, Columns, activations.Pointer);
        Multiply();
        return new ReadOnlySpan<float>(outputs.Pointer, Rows).ToArray();
    }
}
