using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Matmul;

/// <summary>Tokens whose bytes are packed side by side: quad after quad, a dword per token.</summary>
internal unsafe interface ITokenColumns
{
    /// <summary>How many.</summary>
    static abstract int Tokens { get; }

    /// <summary>Interleaves the quads of a group: dwords of one token become a column.</summary>
    /// <param name="values">The group's bytes of the first token.</param>
    /// <param name="stride">Bytes from one token's values to the next.</param>
    /// <param name="quads">2, or a multiple of 4.</param>
    /// <param name="width">Tokens of the tile: dwords from one quad to the next.</param>
    /// <param name="destination">The first token's column.</param>
    /// <returns>For each token the sum of the columns 0 and 1 of all quads, and the sum of the columns 2 and 3.</returns>
    static abstract Vector128<short> Interleave(sbyte* values, nint stride, int quads, int width, byte* destination);

    /// <summary>Stores a dword per token.</summary>
    static abstract void Put(Vector128<int> dwords, byte* destination);
}

/// <summary>A tile of one token: its bytes stay as they are.</summary>
internal readonly unsafe struct OneToken : ITokenColumns
{
    public static int Tokens => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Interleave(sbyte* values, nint stride, int quads, int width, byte* destination)
    {
        if (quads == 2)
        {
            *(long*)destination = *(long*)values;
            return Sum(Quads.SumsOfTwo(Vector128.CreateScalar(*(long*)values).AsInt32()));
        }

        var pairs = Vector128<short>.Zero;
        for (int at = 0; at < 4 * quads; at += 16)
        {
            var four = Vector128.Load((int*)(values + at));
            four.Store((int*)(destination + at));
            pairs += Quads.SumsOfTwo(four);
        }

        return Sum(pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector128<int> dwords, byte* destination) => *(int*)destination = dwords.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Sum(Vector128<short> pairs)
    {
        pairs = TwoTokens.Sum(pairs);
        return pairs + (pairs.AsInt64() >>> 32).AsInt16();
    }
}

/// <summary>A tile of two tokens.</summary>
internal readonly unsafe struct TwoTokens : ITokenColumns
{
    public static int Tokens => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Interleave(sbyte* values, nint stride, int quads, int width, byte* destination)
    {
        if (quads == 2)
        {
            var both = Quads.Lower(
                Vector128.CreateScalar(*(long*)values).AsInt32(), Vector128.CreateScalar(*(long*)(values + stride)).AsInt32());
            both.Store((int*)destination);
            return Sum(Quads.SumsOfTwo(both));
        }

        var pairs = Vector128<short>.Zero;
        for (sbyte* end = values + (4 * quads); values < end; values += 16, destination += 32)
        {
            var first = Vector128.Load((int*)values);
            var second = Vector128.Load((int*)(values + stride));
            var low = Quads.Lower(first, second);
            var high = Quads.Upper(first, second);
            low.Store((int*)destination);
            high.Store((int*)(destination + 16));
            pairs += Quads.SumsOfTwo(low) + Quads.SumsOfTwo(high);
        }

        return Sum(pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector128<int> dwords, byte* destination) => *(long*)destination = dwords.AsInt64().ToScalar();

    /// <summary>The lower half + the upper half, in the lower one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Sum(Vector128<short> pairs) => pairs + Vector128.CreateScalar(pairs.AsInt64()[1]).AsInt16();
}

/// <summary>Four neighbouring tokens of a tile of four or more.</summary>
internal readonly unsafe struct FourTokens : ITokenColumns
{
    public static int Tokens => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<short> Interleave(sbyte* values, nint stride, int quads, int width, byte* destination)
    {
        var pairs = Vector128<short>.Zero;
        nint quadBytes = sizeof(int) * width;
        if (quads == 2)
        {
            var first = Vector128.CreateScalar(*(long*)values).AsInt32();
            var second = Vector128.CreateScalar(*(long*)(values + stride)).AsInt32();
            var third = Vector128.CreateScalar(*(long*)(values + (2 * stride))).AsInt32();
            var fourth = Vector128.CreateScalar(*(long*)(values + (3 * stride))).AsInt32();
            Quads.Transpose(ref first, ref second, ref third, ref fourth);
            first.Store((int*)destination);
            second.Store((int*)(destination + quadBytes));
            return Quads.SumsOfTwo(first) + Quads.SumsOfTwo(second);
        }

        for (sbyte* end = values + (4 * quads); values < end; values += 16, destination += 4 * quadBytes)
        {
            var first = Vector128.Load((int*)values);
            var second = Vector128.Load((int*)(values + stride));
            var third = Vector128.Load((int*)(values + (2 * stride)));
            var fourth = Vector128.Load((int*)(values + (3 * stride)));
            Quads.Transpose(ref first, ref second, ref third, ref fourth);
            first.Store((int*)destination);
            second.Store((int*)(destination + quadBytes));
            third.Store((int*)(destination + (2 * quadBytes)));
            fourth.Store((int*)(destination + (3 * quadBytes)));
            pairs += Quads.SumsOfTwo(first) + Quads.SumsOfTwo(second) + Quads.SumsOfTwo(third) + Quads.SumsOfTwo(fourth);
        }

        return pairs;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(Vector128<int> dwords, byte* destination) => dwords.Store((int*)destination);
}
