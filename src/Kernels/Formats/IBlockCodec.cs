namespace Hearth.Kernels.Formats;

/// <summary>What a block type says of a single block; <see cref="Blocks"/> checks lengths and walks rows with it.</summary>
internal interface IBlockCodec : IWeightFormat
{
    /// <summary>Decodes one block in plain scalar C#, multiplications and additions rounded one by one: the oracle.</summary>
    static abstract void DecodeBlock(ReadOnlySpan<byte> block, Span<float> w);

    /// <summary>Encodes one block of finite values.</summary>
    /// <param name="x">The block's values, all finite.</param>
    /// <param name="importance">As many as <paramref name="x"/>, or empty.</param>
    /// <param name="block">Receives every byte of the block.</param>
    static abstract void EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block);
}
