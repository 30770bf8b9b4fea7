using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Matmul;

/// <summary>Rows of bytes that become lines, four rows at a time; the same vectors of 128 bits serve every rung.</summary>
internal static unsafe class Quads
{
    /// <summary>Sixteen bytes of each of four rows become four rows' places in four quad lines.</summary>
    /// <param name="rows">The bytes of four rows.</param>
    /// <param name="offset">Where they begin in each row.</param>
    /// <param name="flip">Bits that change on the way, the same in each byte.</param>
    /// <param name="lines">The first line, at the place of the first row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Spread(in FourRows rows, nint offset, byte flip, byte* lines)
    {
        var flips = Vector128.Create(flip).AsInt32();
        var first = Vector128.Load((int*)(rows.First + offset)) ^ flips;
        var second = Vector128.Load((int*)(rows.Second + offset)) ^ flips;
        var third = Vector128.Load((int*)(rows.Third + offset)) ^ flips;
        var fourth = Vector128.Load((int*)(rows.Fourth + offset)) ^ flips;
        Transpose(ref first, ref second, ref third, ref fourth);
        Store(first, second, third, fourth, lines);
    }

    /// <summary>Four rows' places in four lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<int> first, Vector128<int> second, Vector128<int> third, Vector128<int> fourth, byte* lines)
    {
        first.Store((int*)lines);
        second.Store((int*)(lines + 64));
        third.Store((int*)(lines + 128));
        fourth.Store((int*)(lines + 192));
    }

    /// <summary>The halves at one place of four rows, side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadHalves(in FourRows rows, nint offset, byte* halves)
    {
        uint low = *(ushort*)(rows.First + offset) | ((uint)*(ushort*)(rows.Second + offset) << 16);
        uint high = *(ushort*)(rows.Third + offset) | ((uint)*(ushort*)(rows.Fourth + offset) << 16);
        *(ulong*)halves = low | ((ulong)high << 32);
    }

    /// <summary>Eight columns of 16 bits of four rows become eight lines of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SpreadColumns(in FourRows rows, nint offset, byte* columns)
    {
        var first = Vector128.Load((short*)(rows.First + offset));
        var second = Vector128.Load((short*)(rows.Second + offset));
        var third = Vector128.Load((short*)(rows.Third + offset));
        var fourth = Vector128.Load((short*)(rows.Fourth + offset));
        PutFour(Lower(first, second).AsInt32(), Lower(third, fourth).AsInt32(), columns);
        PutFour(Upper(first, second).AsInt32(), Upper(third, fourth).AsInt32(), columns + 128);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void PutFour(Vector128<int> firstTwo, Vector128<int> lastTwo, byte* columns)
        {
            var low = Lower(firstTwo, lastTwo);
            var high = Upper(firstTwo, lastTwo);
            low.GetLower().Store((int*)columns);
            low.GetUpper().Store((int*)(columns + 32));
            high.GetLower().Store((int*)(columns + 64));
            high.GetUpper().Store((int*)(columns + 96));
        }
    }

    /// <summary>Four rows of four become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Vector128<int> first, ref Vector128<int> second, ref Vector128<int> third, ref Vector128<int> fourth)
    {
        var low02 = Lower(first, third);
        var low13 = Lower(second, fourth);
        var high02 = Upper(first, third);
        var high13 = Upper(second, fourth);
        first = Lower(low02, low13);
        second = Upper(low02, low13);
        third = Lower(high02, high13);
        fourth = Upper(high02, high13);
    }

    /// <summary>Bytes 2i + bytes 2i + 1, in 16 bits each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> SumsOfTwo(Vector128<int> quads) => ((quads.AsInt16() << 8) >> 8) + (quads.AsInt16() >> 8);

    /// <summary>The lower two of each, in turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Lower(Vector128<int> left, Vector128<int> right)
        => Sse2.IsSupported ? Sse2.UnpackLow(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
            : Vector128.Create(left[0], right[0], left[1], right[1]);

    /// <summary>The upper two of each, in turns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Upper(Vector128<int> left, Vector128<int> right)
        => Sse2.IsSupported ? Sse2.UnpackHigh(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
            : Vector128.Create(left[2], right[2], left[3], right[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Lower(Vector128<short> left, Vector128<short> right)
        => Sse2.IsSupported ? Sse2.UnpackLow(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(left, right)
            : Vector128.Create(left[0], right[0], left[1], right[1], left[2], right[2], left[3], right[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Upper(Vector128<short> left, Vector128<short> right)
        => Sse2.IsSupported ? Sse2.UnpackHigh(left, right)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(left, right)
            : Vector128.Create(left[4], right[4], left[5], right[5], left[6], right[6], left[7], right[7]);
}
