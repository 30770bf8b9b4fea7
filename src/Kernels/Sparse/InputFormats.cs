using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Sparse;

/// <summary>Floats, as they lie in files.</summary>
internal readonly unsafe struct F32Inputs : IInputFormat
{
    public static WeightType Type => WeightType.F32;

    public static int ValueBytes => 32 * sizeof(float);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>
    {
        first = TRung.Load((float*)values);
        second = TRung.Load((float*)values + 16);
    }
}

/// <summary>Halves, as they lie in files.</summary>
internal readonly unsafe struct F16Inputs : IInputFormat
{
    public static WeightType Type => WeightType.F16;

    public static int ValueBytes => 32 * sizeof(ushort);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>
    {
        first = TRung.LoadHalf((ushort*)values);
        second = TRung.LoadHalf((ushort*)values + 16);
    }
}

/// <summary>Brain floats, as they lie in files.</summary>
internal readonly unsafe struct BF16Inputs : IInputFormat
{
    public static WeightType Type => WeightType.BF16;

    public static int ValueBytes => 32 * sizeof(ushort);

    public static bool HasScales => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>
    {
        first = TRung.LoadBFloat16((ushort*)values);
        second = TRung.LoadBFloat16((ushort*)values + 16);
    }
}

/// <summary>Signed bytes; the product with the half scale is exact.</summary>
internal readonly unsafe struct Q8_0Inputs : IInputFormat
{
    public static WeightType Type => WeightType.Q8_0;

    public static int ValueBytes => 32;

    public static bool HasScales => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>
    {
        var all = TRung.Broadcast(*scale);
        first = TRung.FromSBytes(Vector128.Load((sbyte*)values)) * all;
        second = TRung.FromSBytes(Vector128.Load((sbyte*)values + 16)) * all;
    }
}

/// <summary>Nibbles as files have them: byte j holds columns j (low) and 16 + j, less 8.</summary>
internal readonly unsafe struct Q4_0Inputs : IInputFormat
{
    public static WeightType Type => WeightType.Q4_0;

    public static int ValueBytes => 16;

    public static bool HasScales => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>
        => TRung.LoadNibbles(values, scale, out first, out second);
}
