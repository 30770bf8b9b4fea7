using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>A number as the cache stores it, for the types that store each number by itself.</summary>
internal unsafe interface IKvElement : IValueVectors
{
    /// <summary>Bytes of one.</summary>
    static abstract int Bytes { get; }

    /// <summary>The largest number that can carry <see cref="IValueVectors.Factor"/> and stay finite.</summary>
    static abstract float LargestCarrier { get; }

    /// <summary>Loads sixteen, exactly, divided by <see cref="IValueVectors.Factor"/>.</summary>
    static abstract TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung>;
}

internal readonly unsafe struct SingleElement : IKvElement
{
    public static int Bytes => sizeof(float);

    public static bool IsFloat => true;

    public static float Factor => 1;

    public static float LargestCarrier => float.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung> => Load<TRung>(row + (64 * vector));

    public static void Encode(ReadOnlySpan<float> values, Span<byte> row) => F32.Encode(values, default, row);
}

internal readonly unsafe struct HalfElement : IKvElement
{
    public static int Bytes => sizeof(ushort);

    public static float Factor => Half16.BiasFactor;

    public static float LargestCarrier => 65504;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.LoadSmallHalf((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung> => Load<TRung>(row + (32 * vector));

    public static void Encode(ReadOnlySpan<float> values, Span<byte> row) => F16.Encode(values, default, row);
}

internal readonly unsafe struct BFloat16Element : IKvElement
{
    public static int Bytes => sizeof(ushort);

    public static float Factor => 1;

    public static float LargestCarrier => float.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* source)
        where TRung : unmanaged, IRung<TRung> => TRung.LoadBFloat16((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* row, int vector, int vectors)
        where TRung : unmanaged, IRung<TRung> => Load<TRung>(row + (32 * vector));

    public static void Encode(ReadOnlySpan<float> values, Span<byte> row) => BF16.Encode(values, default, row);
}
