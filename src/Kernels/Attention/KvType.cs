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
}
