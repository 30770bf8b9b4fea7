namespace Hearth.Kernels.Elementwise;

/// <summary>Which values of a head form the pairs that rotary embedding turns.</summary>
public enum RotaryStyle
{
    /// <summary>Neighbours: values 2i and 2i + 1.</summary>
    Pairs,

    /// <summary>The two halves of the rotated part: values i and i + n / 2.</summary>
    Halves,
}
