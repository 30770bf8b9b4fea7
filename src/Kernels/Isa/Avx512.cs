using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>
/// 512-bit rung: one zmm. Narrow dots are vpmaddubsw into wrapping 16-bit sums (the adds are free beside the multiplies);
/// C# has no 512-bit VNNI, so full-range bytes are two narrow dots of their nibbles.
/// </summary>
public readonly unsafe struct Avx512 : IRung<Avx512>
{
    // Farther than the hardware prefetcher looks: 1.3 to 1.9 times the speed at 8 tokens, none lost at 1 (Zen 5).
    private const int PrefetchBytes = 4096;

    private readonly Vector512<byte> value;

    private Avx512(Vector512<byte> value) => this.value = value;

    private Avx512(Vector512<float> value) => this.value = value.AsByte();

    /// <inheritdoc/>
    public static Rung Rung => Rung.Avx512;

    /// <inheritdoc/>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512BW.VL.IsSupported;

    /// <inheritdoc/>
    public static int TileTokens => 8;

    /// <inheritdoc/>
    public static int FloatTileTokens => 16;

    /// <inheritdoc/>
    public static bool HasByteDot => false;

    /// <inheritdoc/>
    public static bool UnpacksAhead => true;

    /// <inheritdoc/>
    public static bool Prefetches => true;

    /// <inheritdoc/>
    public static Avx512 Zero => new(Vector512<byte>.Zero);

    private Vector512<float> Floats => value.AsSingle();

    private Vector512<int> Ints => value.AsInt32();

    private Vector512<short> Shorts => value.AsInt16();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Broadcast(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Avx512 value, float* destination) => value.Floats.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadHalf(ushort* source) => new(LoadSmallHalf(source).Floats * Vector512.Create(Half16.BiasFactor));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadSmallHalf(ushort* source)
        => new(((Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source)) << 13) & Vector512.Create(Half16.Bits)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadBFloat16(ushort* source)
        => new((Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 FromSBytes(Vector128<sbyte> values)
        => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(values)));

    /// <inheritdoc/>
    /// <remarks>One product of a table of sixteen floats in place of conversions and two products.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadNibbles(byte* source, float* scale, out Avx512 low, out Avx512 high)
    {
        var table = Vector512.Create(-8f, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7) * Vector512.Create(*scale);
        var both = Avx512F.ConvertToVector512Int32(Vector128.Load(source));
        low = new(Avx512F.PermuteVar16x32(table, both));
        high = new(Avx512F.PermuteVar16x32(table, both >> 4));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 operator +(Avx512 left, Avx512 right) => new(left.Floats + right.Floats);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 operator -(Avx512 left, Avx512 right) => new(left.Floats - right.Floats);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 operator *(Avx512 left, Avx512 right) => new(left.Floats * right.Floats);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 operator /(Avx512 left, Avx512 right) => new(left.Floats / right.Floats);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 MultiplyAdd(Avx512 a, Avx512 b, Avx512 c) => new(Avx512F.FusedMultiplyAdd(a.Floats, b.Floats, c.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 MultiplyAdd(Avx512 a, float* b, Avx512 c) => new(Avx512F.FusedMultiplyAdd(a.Floats, Vector512.Create(*b), c.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 NegatedMultiplyAdd(Avx512 a, Avx512 b, Avx512 c)
        => new(Avx512F.FusedMultiplyAddNegated(a.Floats, b.Floats, c.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Max(Avx512 left, Avx512 right) => new(Avx512F.Max(left.Floats, right.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Min(Avx512 left, Avx512 right) => new(Avx512F.Min(left.Floats, right.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Abs(Avx512 value) => new(Vector512.Abs(value.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Sqrt(Avx512 value) => new(Vector512.Sqrt(value.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Round(Avx512 value) => new(Avx512F.RoundScale(value.Floats, 0));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 PowerOfTwo(Avx512 exponent)
        => new(((Avx512F.ConvertToVector512Int32(exponent.Floats) + Vector512.Create(127)) << 23).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 SelectGreater(Avx512 left, Avx512 right, Avx512 whenGreater, Avx512 otherwise)
        => new(Vector512.ConditionalSelect(Vector512.GreaterThan(left.Floats, right.Floats), whenGreater.Floats, otherwise.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 SwapPairs(Avx512 value) => new(Avx512F.Permute4x32(value.Floats, 0b10_11_00_01));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Avx512 value)
    {
        var eight = value.Floats.GetLower() + value.Floats.GetUpper();
        return Tree.Sum(eight.GetLower() + eight.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Avx512 value)
    {
        var eight = Avx.Max(value.Floats.GetLower(), value.Floats.GetUpper());
        return Tree.Max(Sse.Max(eight.GetLower(), eight.GetUpper()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSBytes(Avx512 value, sbyte* destination)
        => Avx512F.ConvertToVector128SByte(Avx512F.ConvertToVector512Int32(value.Floats)).Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* source) => Sse.Prefetch0(source + PrefetchBytes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchLine(byte* source) => Sse.Prefetch1(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadLine(byte* source)
    {
        Sse.Prefetch0(source + PrefetchBytes);
        return new(Vector512.Load(source));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 BroadcastByte(byte value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadTable(byte* source) => new(Avx512F.BroadcastVector128ToVector512((uint*)source).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Lookup(Avx512 table, Avx512 indices)
        => new(Avx512Vbmi.IsSupported // takes six bits of an index, and the table stands there four times
            ? Avx512Vbmi.PermuteVar64x8(table.value, indices.value)
            : Avx512BW.Shuffle(table.value, indices.value & Vector512.Create((byte)15)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 And(Avx512 value, Avx512 mask) => new(value.value & mask.value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Insert(Avx512 value, Avx512 bits, Avx512 mask)
        => new(Avx512F.TernaryLogic(value.value, bits.value, mask.value, 0xF8)); // a | (b & c)

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 ShiftRight(Avx512 value, int bits) => new((value.value.AsUInt16() >> bits).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 ShiftLeft(Avx512 value, int bits) => new((value.value.AsUInt16() << bits).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 StartDot(int correction) => new(Vector512.Create(correction).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Dot(Avx512 sum, Avx512 weights, byte* activations)
        => new((sum.Shorts + Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)activations).AsSByte())).AsByte());

    /// <inheritdoc/>
    /// <remarks>Products stand before additions: on a Zen 4, whose zmm is two halves, that is 0.9 products a cycle in place of 0.73.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotFour(ref Avx512 first, ref Avx512 second, ref Avx512 third, ref Avx512 fourth, Avx512 weights, byte* activations)
    {
        var product1 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)activations).AsSByte());
        var product2 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 4)).AsSByte());
        var product3 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 8)).AsSByte());
        var product4 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 12)).AsSByte());
        first = new((first.Shorts + product1).AsByte());
        second = new((second.Shorts + product2).AsByte());
        third = new((third.Shorts + product3).AsByte());
        fourth = new((fourth.Shorts + product4).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 ToInt32(Avx512 sum)
        => new(Avx512BW.MultiplyAddAdjacent(sum.Shorts, Vector512.Create((short)1)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadScales(byte* source)
    {
        // (s, 0, s, 0) in each lane: the scale as the pair of 16-bit factors that vpmaddwd wants.
        var lanes = Avx512F.ConvertToVector512Int32(Vector128.Load(source));
        return new((lanes | (lanes << 16)).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadSignedScales(sbyte* source)
    {
        var lanes = Avx512F.ConvertToVector512Int32(Vector128.Load(source));
        return new(((lanes & Vector512.Create(0xFFFF)) | (lanes << 16)).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 ScaleAdd(Avx512 total, Avx512 sum, Avx512 scales)
        => new((total.Ints + Avx512BW.MultiplyAddAdjacent(sum.Shorts, scales.Shorts)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 BroadcastScale(short scale) => new(Vector512.Create(scale).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 TimesSixteen(Avx512 scales) => new((scales.Shorts << 4).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 LoadPairs(byte* source) => new(Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)source)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 PairAdd(Avx512 total, Avx512 pairs, int sums)
        => new((total.Ints + Avx512BW.MultiplyAddAdjacent(pairs.Shorts, Vector512.Create(sums).AsInt16())).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 AddTimesSixteen(Avx512 total, Avx512 values) => new((total.Ints + (values.Ints << 4)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 StartWide(int correction)
        => new(Avx512BW.MultiplyAddAdjacent(Vector512.Create(correction).AsInt16(), Vector512.Create((short)16)).AsByte());

    /// <inheritdoc/>
    public static Avx512 WholeBytes(Avx512 biased) => biased;

    /// <inheritdoc/>
    public static bool HasCrossedDot => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 EvenBytes(Avx512 line)
        => new(((line.Shorts & Vector512.Create((short)0xFF)) - Vector512.Create((short)128)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 OddBytes(Avx512 line)
        => new(((line.value.AsUInt16() >> 8).AsInt16() - Vector512.Create((short)128)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 TimesScales(Avx512 pairs, Avx512 scales) => new((pairs.Shorts * scales.Shorts).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 SubtractProducts(Avx512 total, Avx512 even, Avx512 odd)
        => new((total.Ints - Avx512BW.MultiplyAddAdjacent(even.Shorts, odd.Shorts)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 StartCrossed(Avx512 rows, int token) => new((rows.Ints + Vector512.Create(token)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 CrossedDot(Avx512 sum, Avx512 even, Avx512 odd, byte* evenActivations, byte* oddActivations)
    {
        var evens = Vector512.Create(*(int*)evenActivations).AsInt16();
        var odds = Vector512.Create(*(int*)oddActivations).AsInt16();
        return new((sum.Ints + Avx512BW.MultiplyAddAdjacent(even.Shorts + odds, odd.Shorts + evens)).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 ToSingle(Avx512 integers) => new(Avx512F.ConvertToVector512Single(integers.Ints));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 Accumulate(Avx512 floats, Avx512 integers, Avx512 scale, float tokenScale)
        => new(Avx512F.FusedMultiplyAdd(
            Avx512F.ConvertToVector512Single(integers.Ints), scale.Floats * Vector512.Create(tokenScale), floats.Floats));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Avx512 AccumulateNarrow(Avx512 floats, Avx512 sum, Avx512 scale, float tokenScale)
        => new(Avx512F.FusedMultiplyAdd(
            Avx512F.ConvertToVector512Single(Avx512BW.MultiplyAddAdjacent(sum.Shorts, Vector512.Create((short)1))),
            scale.Floats * Vector512.Create(tokenScale),
            floats.Floats));
}
