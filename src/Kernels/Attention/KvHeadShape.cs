namespace Hearth.Kernels.Attention;

/// <summary>
/// The bytes that one layer and one KV head take in a page of <see cref="PagePositions"/> positions: first the keys in blocks of
/// 16 positions, dimension by dimension, so that a register holds one dimension of 16 keys and no sum runs across lanes; then the
/// values, position by position.
/// </summary>
/// <remarks>
/// <code>
/// keys    F32, F16, BF16   [4 blocks][KeyLength][16 positions]
///         Q8_0, Q4_0       [4 blocks] of: for each 32 dimensions 16 half scales, padded to 64 bytes; then for each 32 dimensions
///                          the quad lines of Matmul's panels, 512 or 256 bytes
/// values  F32, F16, BF16   [64 positions][ValueLength, padded to 16]
///         Q8_0, Q4_0       [64 positions] of: for each 16 dimensions 16 or 8 bytes; then for each 32 dimensions a half scale
/// </code>
/// </remarks>
/// <param name="KeyLength">Dimensions of a key.</param>
/// <param name="ValueLength">Dimensions of a value.</param>
/// <param name="KeyType">Storage of keys.</param>
/// <param name="ValueType">Storage of values.</param>
public readonly record struct KvHeadShape(int KeyLength, int ValueLength, KvType KeyType, KvType ValueType)
{
    /// <summary>Positions of a page.</summary>
    public const int PagePositions = 64;

    /// <summary>Positions of a block of keys.</summary>
    public const int BlockPositions = 16;

    /// <summary>Dimensions of a stored value, padded so that each starts on a full register.</summary>
    public int PaddedValueLength => (ValueLength + 15) / 16 * 16;

    /// <summary>Bytes of a block of keys.</summary>
    public int KeyBlockBytes => KeyType switch
    {
        KvType.Q8_0 => QuantizedBlockBytes(512),
        KvType.Q4_0 => QuantizedBlockBytes(256),
        _ => BlockPositions * KeyLength * ElementBytes(KeyType),
    };

    /// <summary>Bytes of the keys.</summary>
    public int KeyBytes => PagePositions / BlockPositions * KeyBlockBytes;

    /// <summary>Bytes of the value of one position.</summary>
    public int ValueRowBytes => ValueType switch
    {
        KvType.Q8_0 => PaddedValueLength + (2 * Groups(PaddedValueLength)),
        KvType.Q4_0 => (PaddedValueLength / 2) + (2 * Groups(PaddedValueLength)),
        _ => PaddedValueLength * ElementBytes(ValueType),
    };

    /// <summary>Bytes of the values.</summary>
    public int ValueBytes => PagePositions * ValueRowBytes;

    /// <summary>Bytes in all, a multiple of 64.</summary>
    public int TotalBytes => KeyBytes + ValueBytes;

    private static int ElementBytes(KvType type) => type == KvType.F32 ? 4 : 2;

    private static int Groups(int length) => (length + 31) / 32;

    private int QuantizedBlockBytes(int lineBytes)
        => (((2 * BlockPositions * Groups(KeyLength)) + 63) / 64 * 64) + (lineBytes * Groups(KeyLength));
}
