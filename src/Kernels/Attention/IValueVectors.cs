using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>How the value of one position is stored: sixteen dimensions after sixteen.</summary>
internal unsafe interface IValueVectors
{
    /// <summary>What <see cref="Load"/> leaves out, a power of two: the other factor of the product carries it, which rounds nothing.</summary>
    static abstract float Factor { get; }

    /// <summary>Whether values are stored as floats, so that there is nothing to unpack.</summary>
    static virtual bool IsFloat => false;

    /// <summary>Loads sixteen dimensions, exactly, divided by <see cref="Factor"/>.</summary>
    /// <param name="row">The position's value.</param>
    /// <param name="vector">Which sixteen.</param>
    /// <param name="vectors">How many sixteens there are.</param>
    static abstract TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung>;

    /// <summary>Loads two sixteens, the first of which has an even number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void LoadPair<TSelf, TRung>(byte* row, int vector, int vectors, out TRung first, out TRung second)
        where TSelf : struct, IValueVectors
        where TRung : unmanaged, IRung<TRung>
    {
        first = TSelf.Load<TRung>(row, vector, vectors);
        second = TSelf.Load<TRung>(row, vector + 1, vectors);
    }

    /// <summary>Writes the value of a position.</summary>
    /// <param name="values">A multiple of 16 dimensions.</param>
    /// <param name="row">Receives them.</param>
    static abstract void Encode(ReadOnlySpan<float> values, Span<byte> row);
}
