using System.Diagnostics;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Probing;

/// <summary>Measures the matrix product of one block type, on weights whose scales are as a real model's.</summary>
public sealed unsafe class MatMulProbe : IDisposable
{
    private const int Columns = 2048;
    private const int LargestTokens = 512;

    private readonly KernelSet kernels;
    private readonly WorkerPool pool;
    private readonly PackedMatrix matrix;
    private readonly AlignedBuffer activations;
    private readonly AlignedBuffer outputs;
    private readonly float[] source;

    /// <summary>Makes a matrix of at least the given size.</summary>
    /// <param name="kernels">The rung's kernels.</param>
    /// <param name="panel">One of them.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="bytes">Bytes of weights, at least.</param>
    public MatMulProbe(KernelSet kernels, PanelKernel panel, WorkerPool pool, long bytes)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(panel);
        ArgumentNullException.ThrowIfNull(pool);
        this.kernels = kernels;
        this.pool = pool;
        int panels = checked((int)Math.Max(1, (bytes + panel.PanelBytes(Columns) - 1) / panel.PanelBytes(Columns)));
        source = new float[LargestTokens * Columns];
        Draw(source);
        matrix = Pack(panel, panels, pool);
        activations = new AlignedBuffer(kernels.ActivationBytes(panel.Activations, LargestTokens, Columns));
        outputs = new AlignedBuffer((long)matrix.Rows * LargestTokens * sizeof(float), hugePages: true);
    }

    /// <summary>Weights of the matrix.</summary>
    public long Weights => (long)matrix.Rows * matrix.Columns;

    /// <summary>Bytes of the matrix as kernels read it.</summary>
    public long Bytes => matrix.Bytes;

    /// <summary>Multiplies with a number of tokens.</summary>
    /// <param name="tokens">1 to 512.</param>
    /// <param name="shortest">The least time to spend; the fastest product within it counts.</param>
    /// <returns>Seconds of one product.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tokens"/> is not within 1 and 512.</exception>
    public double Measure(int tokens, TimeSpan shortest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, LargestTokens);
        fixed (float* x = source)
            MatMul.Pack(pool, kernels, matrix.Kernel.Activations, x, Columns, tokens, Columns, activations.Pointer);
        var job = new MatMulJob(matrix, (nint)activations.Pointer, (nint)outputs.Pointer, matrix.Rows);
        MatMul.Run(pool, tokens, job);
        long fastest = long.MaxValue;
        long begun = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            MatMul.Run(pool, tokens, job);
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - start);
        }
        while (Stopwatch.GetElapsedTime(begun) < shortest);
        return Math.Max(fastest, 1) / (double)Stopwatch.Frequency;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        matrix.Dispose();
        activations.Dispose();
        outputs.Dispose();
    }

    /// <summary>One panel of encoded random rows, as often as needed: encoding is slow, and speed does not depend on the values.</summary>
    private static PackedMatrix Pack(PanelKernel panel, int panels, WorkerPool pool)
    {
        _ = WeightFormat.TryGet(panel.Type, out var format);
        int panelBytes = checked((int)format!.RowBytes((long)PackedMatrix.PanelRows * Columns));
        float[] weights = new float[PackedMatrix.PanelRows * Columns];
        Draw(weights);
        float[] importance = new float[format.NeedsImportance ? weights.Length : 0];
        Array.Fill(importance, 1);
        using var blocks = new AlignedBuffer((long)panels * panelBytes, hugePages: true);
        format.Encode(weights, importance, new Span<byte>(blocks.Pointer, panelBytes));
        for (long i = 1; i < panels; i++)
            Buffer.MemoryCopy(blocks.Pointer, blocks.Pointer + (i * panelBytes), panelBytes, panelBytes);
        return PackedMatrix.Pack(panel, blocks.Pointer, panels * PackedMatrix.PanelRows, Columns, pool);
    }

    private static void Draw(Span<float> values)
    {
        var random = new Random(1);
        foreach (ref float value in values)
            value = (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 0.05f;
    }
}
