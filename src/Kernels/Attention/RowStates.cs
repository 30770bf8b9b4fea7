namespace Hearth.Kernels.Attention;

/// <summary>
/// What a piece, or all pieces so far, give for each row of a tile: the largest score m, the sum of 2^(score - m) in sixteen lanes,
/// and the sum of 2^(score - m) times the values. A row without keys has m = minus infinity and zeros.
/// </summary>
/// <remarks>
/// <code>
/// row   float m, 15 unused | 16 lanes of the sum | PaddedValueLength sums of values
/// </code>
/// </remarks>
internal readonly unsafe struct RowStates(float* start, int paddedValueLength)
{
    private const int SumsAt = 16;
    private const int ValuesAt = 32;

    private readonly float* start = start;

    /// <summary>Floats from one row to the next.</summary>
    public int Stride { get; } = RowFloats(paddedValueLength);

    public static int RowFloats(int paddedValueLength) => ValuesAt + paddedValueLength;

    public ref float Max(int row) => ref start[row * Stride];

    public float* Sums(int row) => start + (row * Stride) + SumsAt;

    public float* Values(int row) => start + (row * Stride) + ValuesAt;
}
