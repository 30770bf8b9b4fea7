using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>The numbers that a code can stand for, before the scale is applied.</summary>
internal interface ICodes
{
    /// <summary>The numbers onto which a search puts the value of largest magnitude, a candidate a lane.</summary>
    Vector512<float> Targets { get; }

    /// <summary>How often a search improves codes and scale in turn after it has tried its targets.</summary>
    static abstract int Turns { get; }

    /// <summary>The nearest of the numbers, lane by lane.</summary>
    Vector512<float> Nearest(Vector512<float> x);

    /// <summary>The codes of the numbers nearest to <c>x * inverse</c>, for whole groups of 16.</summary>
    void Encode(ReadOnlySpan<float> x, float inverse, Span<byte> q);
}
