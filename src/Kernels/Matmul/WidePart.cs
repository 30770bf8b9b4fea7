namespace Hearth.Kernels.Matmul;

/// <summary>What of a full-range byte enters a dot product.</summary>
internal enum WidePart
{
    /// <summary>All eight bits.</summary>
    Byte,

    /// <summary>The lower four bits.</summary>
    LowNibble,

    /// <summary>The upper four bits, shifted down.</summary>
    HighNibble,
}
