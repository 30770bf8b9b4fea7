using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>A number as the cache stores it, for the types that store each number by itself.</summary>
internal unsafe interface IKvElement
{
    /// <summary>Bytes of sixteen.</summary>
    static abstract int VectorBytes { get; }

    /// <summary>Loads sixteen and widens them exactly.</summary>
    static abstract TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung>;
}

internal readonly unsafe struct SingleElement : IKvElement
{
    public static int VectorBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.Load((float*)source);
}

internal readonly unsafe struct HalfElement : IKvElement
{
    public static int VectorBytes => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.LoadHalf((ushort*)source);
}

internal readonly unsafe struct BFloat16Element : IKvElement
{
    public static int VectorBytes => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.LoadBFloat16((ushort*)source);
}
