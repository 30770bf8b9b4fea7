using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// One block type on one rung, of matrices that lie input by input: y += a x row, over chosen rows or over all. An output is one chain of fused multiply-adds
/// over ascending inputs, which starts at zero and ends with the addition of zero (so that none ends at -0): inputs that are zero change nothing, and are not
/// read where rows are chosen.
/// </summary>
public abstract unsafe class InputKernel
{
    /// <summary>Columns that are decoded at a time.</summary>
    internal const int StepColumns = 32;

    /// <summary>Bytes of scratch memory of <see cref="MultiplyAll"/>.</summary>
    internal const int PanelScratchBytes = 2 * PieceRows * LineBytes;

    /// <summary>Rows that are unpacked at a time: two panels of them stay in the first cache beside a tile's activations.</summary>
    private protected const int PieceRows = 128;

    private const int LineBytes = 64;

    private protected InputKernel(WeightType type, int valueBytes, bool hasScales, int tileTokens)
    {
        Type = type;
        ValueBytes = valueBytes;
        HasScales = hasScales;
        Activations = ActivationLayout.Float with { TileTokens = tileTokens };
    }

    /// <summary>The block type.</summary>
    public WeightType Type { get; }

    /// <summary>The form in which many tokens' inputs meet all rows.</summary>
    public ActivationLayout Activations { get; }

    /// <summary>Bytes of the values of <see cref="StepColumns"/> columns.</summary>
    protected int ValueBytes { get; }

    /// <summary>Whether rows have scales.</summary>
    protected bool HasScales { get; }

    /// <summary>Weights of one block in files.</summary>
    public int BlockWeights => HasScales ? StepColumns : 1;

    /// <summary>Columns of a whole cache line of values: workers share out so many at a time.</summary>
    public int Granule => Math.Max(1, LineBytes / ValueBytes) * StepColumns;

    /// <summary>Columns with those that fill the last step.</summary>
    public static int Pad(int columns) => (columns + (StepColumns - 1)) / StepColumns * StepColumns;

    /// <summary>Bytes of a row before its values.</summary>
    public int ScaleBytes(int columns) => HasScales ? Lines((long)Pad(columns) / StepColumns * sizeof(ushort)) : 0;

    /// <summary>Bytes of a row.</summary>
    public long RowBytes(int columns) => ScaleBytes(columns) + (long)Lines((long)Pad(columns) / StepColumns * ValueBytes);

    /// <summary>Bytes of a row as files have it.</summary>
    /// <param name="columns">Columns, whole blocks.</param>
    public long FileRowBytes(int columns) => (long)columns * (ValueBytes + (HasScales ? sizeof(ushort) : 0)) / StepColumns;

    /// <summary>Packs a row.</summary>
    /// <param name="blocks">The row's blocks.</param>
    /// <param name="columns">Columns: outputs.</param>
    /// <param name="row"><see cref="RowBytes"/> bytes, zero where there are no columns.</param>
    public abstract void PackRow(byte* blocks, int columns, byte* row);

    /// <summary>y += factors[i] x row rows[i], of a slice of the columns, in the order of the list.</summary>
    /// <param name="matrix">The rows.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="factors">Their factors.</param>
    /// <param name="count">How many.</param>
    /// <param name="start">The slice's first column, a multiple of <see cref="StepColumns"/>.</param>
    /// <param name="width">Columns of the slice, a multiple of <see cref="StepColumns"/>.</param>
    /// <param name="y">[width]; what is there is added to.</param>
    public abstract void Add(byte* matrix, int columns, int* rows, float* factors, int count, int start, int width, float* y);

    /// <summary>y = all rows times all inputs of each token, of <see cref="StepColumns"/> columns.</summary>
    /// <param name="matrix">The rows.</param>
    /// <param name="columns">Columns of a row: outputs.</param>
    /// <param name="inputs">Rows.</param>
    /// <param name="start">The first column, a multiple of <see cref="StepColumns"/>.</param>
    /// <param name="activations">Packed as <see cref="Activations"/> for <paramref name="inputs"/> columns.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="y">The first token's output of the first column; each has room for the columns up to a multiple of sixteen.</param>
    /// <param name="stride">Floats from one token's outputs to the next.</param>
    /// <param name="scratch"><see cref="PanelScratchBytes"/> bytes, aligned to cache lines.</param>
    public abstract void MultiplyAll(
        byte* matrix, int columns, int inputs, int start, byte* activations, int tokens, float* y, nint stride, byte* scratch);

    /// <summary>y = sums + 0: what is -0 becomes +0, as if nothing had been left out.</summary>
    /// <param name="sums">[width].</param>
    /// <param name="width">A multiple of sixteen.</param>
    /// <param name="y">[width]; may be <paramref name="sums"/>.</param>
    public abstract void AddZero(float* sums, int width, float* y);

    private static int Lines(long bytes) => checked((int)((bytes + (LineBytes - 1)) / LineBytes * LineBytes));
}
