namespace Hearth.Kernels.Attention;

/// <summary>
/// The bytes that one layer and one KV head take in a page of <see cref="PagePositions"/> positions: first the keys in blocks of
/// 16 positions, dimension by dimension, so that a register holds one dimension of 16 keys and no sum runs across lanes; then the
/// values, position by position.
/// </summary>
/// <remarks>
/// <code>
/// keys    [4 blocks][KeyLength][16 positions]
/// values  [64 positions][ValueLength, padded to 16]
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

    /// <summary>Bytes of the keys.</summary>
    public int KeyBytes => PagePositions * KeyLength * Bytes(KeyType);

    /// <summary>Bytes of the value of one position.</summary>
    public int ValueRowBytes => PaddedValueLength * Bytes(ValueType);

    /// <summary>Bytes of the values.</summary>
    public int ValueBytes => PagePositions * ValueRowBytes;

    /// <summary>Bytes in all, a multiple of 64.</summary>
    public int TotalBytes => KeyBytes + ValueBytes;

    private static int Bytes(KvType type) => type == KvType.F32 ? 4 : 2;
}
