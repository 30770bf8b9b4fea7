using BenchmarkDotNet.Attributes;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Perf.Micro.Measuring;

namespace Hearth.Perf.Micro.Formats;

/// <summary>
/// Weights into blocks, blocks into panels and back into floats, one thread: what quantising, loading and looking tokens up pay. GB/s counts
/// the floats.
/// </summary>
public unsafe class Blocks
{
    private const int Rows = PackedMatrix.PanelRows;
    private const int Columns = 2048;

    private readonly float[] weights = Draws.Floats(Rows * Columns, seed: 11, scale: 0.02f);
    private readonly float[] decoded = new float[Rows * Columns];
    private float[] importance = [];
    private WeightFormat format = null!;
    private byte[] blocks = [];
    private byte[] panel = [];
    private PanelKernel kernel = null!;

    /// <summary>The catalog's types.</summary>
    public static IEnumerable<WeightType> Types => Machine.Kernels.Panels.Select(panel => panel.Type);

    [ParamsSource(nameof(Types))]
    public WeightType Type { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _ = WeightFormat.TryGet(Type, out var found);
        _ = Machine.Kernels.TryGetPanel(Type, out var multiplied);
        format = found!;
        kernel = multiplied!;
        blocks = new byte[format.RowBytes(weights.Length)];
        importance = new float[format.NeedsImportance ? weights.Length : 0];
        Array.Fill(importance, 1);
        panel = new byte[kernel.PanelBytes(Columns)];

        // Codes have to be much nearer to the weights than zeros are (ternary ones, whose step is the largest weight, a little), and the panel
        // has to hold the same numbers.
        Encode();
        Decode();
        double error = 0, magnitude = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            error += Math.Pow(decoded[i] - weights[i], 2);
            magnitude += Math.Pow(weights[i], 2);
        }

        double allowed = Type is WeightType.TQ1_0 or WeightType.TQ2_0 ? 1 : 0.5;
        if (!(error < magnitude * allowed))
            throw new InvalidOperationException(FormattableString.Invariant($"{Type}: blocks are {error} off of {magnitude}."));
        float[] expected = [.. decoded];
        Array.Clear(decoded);
        PackPanel();
        DecodePanel();
        Answer.MustEqual(expected, decoded, $"panel of {Type}");
        Ledger.Declare(new Work(0, (double)weights.Length * sizeof(float)));
    }

    [Benchmark]
    public void Encode() => format.Encode(weights, importance, blocks);

    [Benchmark]
    public void Decode() => format.Decode(blocks, decoded);

    [Benchmark]
    public void PackPanel()
    {
        fixed (byte* source = blocks, into = panel)
            kernel.PackPanel(source, Rows, Columns, into);
    }

    [Benchmark]
    public void DecodePanel()
    {
        fixed (byte* source = panel)
        {
            for (int row = 0; row < Rows; row++)
                kernel.DecodeRow(source, row, decoded.AsSpan(row * Columns, Columns));
        }
    }
}
