namespace Hearth.Kernels.Attention;

/// <summary>How keys or values are stored in the cache.</summary>
public enum KvType
{
    /// <summary>32-bit floats: exact.</summary>
    F32,

    /// <summary>16-bit floats.</summary>
    F16,

    /// <summary>Brain floats: the range of 32-bit floats with 8 bits of precision.</summary>
    BF16,

    /// <summary>Bytes with one half scale for 32 dimensions, the blocks of the weight type of that name.</summary>
    Q8_0,

    /// <summary>4 bits with one half scale for 32 dimensions, the blocks of the weight type of that name.</summary>
    Q4_0,
}
