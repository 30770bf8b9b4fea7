namespace Hearth.Kernels.Formats;

/// <summary>
/// A block type: how many weights share how many bytes, and what the bytes mean. One struct without state per type;
/// <see cref="WeightFormat"/> is the catalog.
/// </summary>
public interface IWeightFormat
{
    /// <summary>The type's number in files.</summary>
    static abstract WeightType Type { get; }

    /// <summary>Weights in one block; a row's length is a multiple of it.</summary>
    static abstract int BlockWeights { get; }

    /// <summary>Bytes of one block.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>
    /// Decodes whole blocks exactly, in plain scalar C#: separate multiply and add in IEEE float32, the oracle of every kernel.
    /// </summary>
    /// <param name="blocks">Bytes, a multiple of <see cref="BlockBytes"/>.</param>
    /// <param name="weights">Receives <see cref="BlockWeights"/> values per block.</param>
    static abstract void Decode(ReadOnlySpan<byte> blocks, Span<float> weights);

    /// <summary>
    /// Encodes whole blocks. Types with blocks of several weights take a NaN as zero and an infinity as the largest half of its sign.
    /// </summary>
    /// <exception cref="ArgumentException">Lengths do not fit, or the type is not encoded without importance.</exception>
    /// <param name="weights">One row, a multiple of <see cref="BlockWeights"/> values.</param>
    /// <param name="importance">
    /// How much each column's squared error counts, as many as <paramref name="weights"/>, or empty where that is not known.
    /// </param>
    /// <param name="blocks">Receives <see cref="BlockBytes"/> bytes per block.</param>
    static abstract void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks);
}
