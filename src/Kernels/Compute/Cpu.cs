using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Compute;

/// <summary>
/// What a forward pass computes on: one rung's kernels, the workers and an arena. Its operations take rows of floats, one per token,
/// share them out among the workers, and give the same bytes however they are shared. With an arena that only measures, nothing is
/// computed.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed unsafe partial class Cpu : IDisposable
{
    /// <summary>Binds kernels, workers and scratch memory.</summary>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="pool">The workers, not owned.</param>
    /// <param name="arena">Scratch memory, owned.</param>
    public Cpu(KernelSet kernels, WorkerPool pool, Arena arena)
    {
        Kernels = kernels;
        Pool = pool;
        Arena = arena;
    }

    /// <summary>The rung's kernels.</summary>
    public KernelSet Kernels { get; }

    /// <summary>The workers.</summary>
    public WorkerPool Pool { get; }

    /// <summary>Scratch memory.</summary>
    public Arena Arena { get; }

    /// <summary>Sees the inputs of all products; null for nobody, which costs a comparison a product.</summary>
    public IProductObserver? Observer { get; set; }

    /// <summary>Whether memory is only counted and nothing computed.</summary>
    public bool IsMeasuring => Arena.IsMeasuring;

    /// <summary>A scope of scratch memory: what is rented within it is given back when it is disposed.</summary>
    public ArenaMark Scope() => Arena.Mark();

    /// <summary>Rows with undefined content, each on a cache line, with room for whole panels.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="width">Floats of a row.</param>
    public Rows Rent(int count, int width)
    {
        nint stride = (width + (PackedMatrix.PanelRows - 1)) / PackedMatrix.PanelRows * PackedMatrix.PanelRows;
        return new Rows(Arena.RentFloats(count * (long)stride), count, width, stride);
    }

    /// <summary>Scratch values with undefined content; empty while only measuring.</summary>
    /// <param name="count">How many.</param>
    public Span<T> Rent<T>(int count)
        where T : unmanaged
    {
        var slice = Arena.Rent(count * (long)sizeof(T));
        return IsMeasuring ? [] : slice.AsSpan<T>();
    }

    /// <summary>Rows that are about to be multiplied by one or more matrices.</summary>
    public static MatMulInput Prepare(Rows rows) => new(rows);

    /// <summary>output = input x weights, transposed as files have it: one output per row of the weights.</summary>
    /// <param name="input">[n, columns].</param>
    /// <param name="weights">The matrix.</param>
    /// <param name="output">[n, rows], from <see cref="Rent"/>.</param>
    public void Multiply(ref MatMulInput input, PackedMatrix weights, Rows output)
    {
        var job = Job(ref input, weights, output);
        if (!IsMeasuring)
            MatMul.Run(Pool, input.Rows.Count, job);
    }

    /// <summary>Two products of the same input as one parallel region.</summary>
    public void Multiply(ref MatMulInput input, PackedMatrix first, Rows firstOutput, PackedMatrix second, Rows secondOutput)
    {
        var firstJob = Job(ref input, first, firstOutput);
        var secondJob = Job(ref input, second, secondOutput);
        if (!IsMeasuring)
            MatMul.Run(Pool, input.Rows.Count, firstJob, secondJob);
    }

    /// <summary>Three products of the same input as one parallel region.</summary>
    public void Multiply(
        ref MatMulInput input,
        PackedMatrix first,
        Rows firstOutput,
        PackedMatrix second,
        Rows secondOutput,
        PackedMatrix third,
        Rows thirdOutput)
    {
        var firstJob = Job(ref input, first, firstOutput);
        var secondJob = Job(ref input, second, secondOutput);
        var thirdJob = Job(ref input, third, thirdOutput);
        if (!IsMeasuring)
            MatMul.Run(Pool, input.Rows.Count, firstJob, secondJob, thirdJob);
    }

    /// <summary>Disposes the arena.</summary>
    public void Dispose() => Arena.Dispose();

    private MatMulJob Job(ref MatMulInput input, PackedMatrix weights, Rows output)
    {
        var rows = input.Rows;
        if (rows.Width != weights.Columns || output.Width != weights.Rows || output.Count != rows.Count)
            ThrowShapes(rows, weights, output);
        if (Observer != null && !IsMeasuring)
            Observer.Observe(weights, rows);
        return new MatMulJob(weights, (nint)Packed(ref input, weights.Kernel.Activations), (nint)output.Pointer, output.Stride);
    }

    private byte* Packed(ref MatMulInput input, ActivationLayout layout)
    {
        if (!input.TryFind(layout, out byte* packed))
        {
            var rows = input.Rows;
            packed = Arena.Rent(Kernels.ActivationBytes(layout, rows.Count, rows.Width)).Pointer;
            if (!IsMeasuring)
                MatMul.Pack(Pool, Kernels, layout, rows.Pointer, rows.Stride, rows.Count, rows.Width, packed);
            input.Keep(layout, packed);
        }

        return packed;
    }

    private static void ThrowShapes(Rows rows, PackedMatrix weights, Rows output) => ThrowShapes(rows, weights.Rows, weights.Columns, output);

    private static void ThrowShapes(Rows rows, int outputs, int inputs, Rows output)
        => throw new ArgumentException(
            $"[{rows.Count}, {rows.Width}] rows times a {outputs} x {inputs} matrix do not give [{output.Count}, {output.Width}].");
}
