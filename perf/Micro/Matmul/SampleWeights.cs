using Hearth.Kernels;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Matmul;

/// <summary>
/// A matrix of any type and size that is made in no time and whose product is known: sixteen encoded rows, which panel p has turned by p places.
/// Speed does not depend on the values, and a panel that is read in place of another one gives other numbers.
/// </summary>
internal static unsafe class SampleWeights
{
    private static readonly Dictionary<(WeightType Type, int Columns), byte[]> Encoded = [];
    private static (WeightType Type, int Columns, long Bytes) kept;
    private static PackedMatrix? matrix;

    /// <summary>A matrix of at least <paramref name="bytes"/> bytes in panels; it lives until another one is asked for.</summary>
    public static PackedMatrix Of(WeightType type, int columns, long bytes)
    {
        if (matrix != null && kept == (type, columns, bytes))
            return matrix;
        matrix?.Dispose();
        kept = (type, columns, bytes);
        var kernel = Kernel(Machine.Kernels, type);
        int panels = checked((int)((bytes + kernel.PanelBytes(columns) - 1) / kernel.PanelBytes(columns)));
        var rows = Rows(type, columns);
        long rowBytes = rows.Length / PackedMatrix.PanelRows;
        using var pool = new WorkerPool(ProcessorTopology.DefaultThreads);
        using var blocks = new AlignedBuffer(panels * (long)rows.Length, hugePages: true, zeroed: false);
        for (int panel = 0; panel < panels; panel++)
        {
            var into = new Span<byte>(blocks.Pointer + (panel * (long)rows.Length), rows.Length);
            int turned = (int)(panel % PackedMatrix.PanelRows * rowBytes);
            rows[turned..].CopyTo(into);
            rows[..turned].CopyTo(into[(rows.Length - turned)..]);
        }

        matrix = PackedMatrix.Pack(kernel, blocks.Pointer, panels * PackedMatrix.PanelRows, columns, pool);
        return matrix;
    }

    /// <summary>Compares a product with that of the scalar rung.</summary>
    /// <param name="type">The block type.</param>
    /// <param name="x">[tokens, columns].</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="y">[tokens, rows], from a matrix of <see cref="Of"/>.</param>
    /// <exception cref="InvalidOperationException">A number differs.</exception>
    public static void Check(WeightType type, ReadOnlySpan<float> x, int tokens, int columns, ReadOnlySpan<float> y)
    {
        var kernel = Kernel(Machine.Oracle, type);
        using var pool = new WorkerPool(1);
        using var panel = PackedMatrix.Pack(kernel, Rows(type, columns), PackedMatrix.PanelRows, columns, pool);
        using var packed = new AlignedBuffer(Machine.Oracle.ActivationBytes(kernel.Activations, tokens, columns));
        var expected = new float[tokens * PackedMatrix.PanelRows];
        fixed (float* source = x)
        fixed (float* outputs = expected)
        {
            MatMul.Pack(pool, Machine.Oracle, kernel.Activations, source, columns, tokens, columns, packed.Pointer);
            MatMul.Run(pool, tokens, new MatMulJob(panel, (nint)packed.Pointer, (nint)outputs, PackedMatrix.PanelRows));
        }

        var turned = new float[PackedMatrix.PanelRows];
        for (int at = 0; at < y.Length; at += PackedMatrix.PanelRows)
        {
            int rows = y.Length / tokens;
            var token = expected.AsSpan(at / rows * PackedMatrix.PanelRows, PackedMatrix.PanelRows);
            int turn = at % rows / PackedMatrix.PanelRows % PackedMatrix.PanelRows;
            token[turn..].CopyTo(turned);
            token[..turn].CopyTo(turned.AsSpan(PackedMatrix.PanelRows - turn));
            Answer.MustEqual(turned, y.Slice(at, PackedMatrix.PanelRows), $"{type}, token {at / rows}, panel {at % rows / PackedMatrix.PanelRows}");
        }
    }

    private static PanelKernel Kernel(KernelSet kernels, WeightType type)
        => kernels.TryGetPanel(type, out var kernel) ? kernel : throw new ArgumentException($"{type} is not multiplied.", nameof(type));

    /// <summary>Sixteen rows, encoded once a process.</summary>
    private static ReadOnlySpan<byte> Rows(WeightType type, int columns)
    {
        if (!Encoded.TryGetValue((type, columns), out var blocks))
        {
            _ = WeightFormat.TryGet(type, out var format);
            var weights = Draws.Floats(PackedMatrix.PanelRows * columns, seed: 1, scale: 0.02f);
            var importance = new float[format!.NeedsImportance ? weights.Length : 0];
            Array.Fill(importance, 1);
            blocks = new byte[format.RowBytes(weights.Length)];
            format.Encode(weights, importance, blocks);
            Encoded[(type, columns)] = blocks;
        }

        return blocks;
    }
}
