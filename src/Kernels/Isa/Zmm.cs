using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>512-bit rung: one zmm. What differs between AVX-512 with and without VNNI is how bytes are multiplied: <typeparamref name="TDot"/>.</summary>
internal readonly unsafe struct Zmm<TDot> : IRung<Zmm<TDot>>
    where TDot : struct, IByteDot<Vector512<int>, Vector512<byte>, Vector512<sbyte>>
{
    // Farther than the hardware prefetcher looks: 1.3 to 1.9 times the speed at 8 tokens, none lost at 1 (Zen 5).
    private const int PrefetchBytes = 4096;

    private readonly Vector512<byte> value;

    private Zmm(Vector512<byte> value) => this.value = value;

    private Zmm(Vector512<float> value) => this.value = value.AsByte();

    private Zmm(Vector512<int> value) => this.value = value.AsByte();

    public static Rung Rung => TDot.Rung;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512BW.IsSupported && Avx512BW.VL.IsSupported && TDot.IsSupported;

    public static int TileTokens => 8;

    public static int FloatTileTokens => 16;

    public static bool HasByteDot => TDot.HasByteDot;

    public static bool UnpacksAhead => true;

    public static bool Prefetches => true;

    public static Zmm<TDot> Zero => new(Vector512<byte>.Zero);

    private Vector512<float> Floats => value.AsSingle();

    private Vector512<int> Ints => value.AsInt32();

    private Vector512<short> Shorts => value.AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Zmm<TDot> value, float* destination) => value.Floats.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadHalf(ushort* source) => new(LoadSmallHalf(source).Floats * Vector512.Create(Half16.BiasFactor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadSmallHalf(ushort* source)
        => new(((Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source)) << 13) & Vector512.Create(Half16.Bits)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadBFloat16(ushort* source)
        => new((Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> FromSBytes(Vector128<sbyte> values)
        => new(Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(values)));

    /// <remarks>One product of a table of sixteen floats in place of conversions and two products.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadNibbles(byte* source, float* scale, out Zmm<TDot> low, out Zmm<TDot> high)
    {
        var table = Vector512.Create(-8f, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7) * Vector512.Create(*scale);
        var both = Avx512F.ConvertToVector512Int32(Vector128.Load(source));
        low = new(Avx512F.PermuteVar16x32(table, both));
        high = new(Avx512F.PermuteVar16x32(table, both >> 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> operator +(Zmm<TDot> left, Zmm<TDot> right) => new(left.Floats + right.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> operator -(Zmm<TDot> left, Zmm<TDot> right) => new(left.Floats - right.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> operator *(Zmm<TDot> left, Zmm<TDot> right) => new(left.Floats * right.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> operator /(Zmm<TDot> left, Zmm<TDot> right) => new(left.Floats / right.Floats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> MultiplyAdd(Zmm<TDot> a, Zmm<TDot> b, Zmm<TDot> c) => new(Avx512F.FusedMultiplyAdd(a.Floats, b.Floats, c.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> MultiplyAdd(Zmm<TDot> a, float* b, Zmm<TDot> c) => new(Avx512F.FusedMultiplyAdd(a.Floats, Vector512.Create(*b), c.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> NegatedMultiplyAdd(Zmm<TDot> a, Zmm<TDot> b, Zmm<TDot> c)
        => new(Avx512F.FusedMultiplyAddNegated(a.Floats, b.Floats, c.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Max(Zmm<TDot> left, Zmm<TDot> right) => new(Avx512F.Max(left.Floats, right.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Min(Zmm<TDot> left, Zmm<TDot> right) => new(Avx512F.Min(left.Floats, right.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Abs(Zmm<TDot> value) => new(Vector512.Abs(value.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Sqrt(Zmm<TDot> value) => new(Vector512.Sqrt(value.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Round(Zmm<TDot> value) => new(Avx512F.RoundScale(value.Floats, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> PowerOfTwo(Zmm<TDot> exponent)
        => new(((Avx512F.ConvertToVector512Int32(exponent.Floats) + Vector512.Create(127)) << 23).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> SelectGreater(Zmm<TDot> left, Zmm<TDot> right, Zmm<TDot> whenGreater, Zmm<TDot> otherwise)
        => new(Vector512.ConditionalSelect(Vector512.GreaterThan(left.Floats, right.Floats), whenGreater.Floats, otherwise.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> SwapPairs(Zmm<TDot> value) => new(Avx512F.Permute4x32(value.Floats, 0b10_11_00_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Zmm<TDot> value)
    {
        var eight = value.Floats.GetLower() + value.Floats.GetUpper();
        return Tree.Sum(eight.GetLower() + eight.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Zmm<TDot> value)
    {
        var eight = Avx.Max(value.Floats.GetLower(), value.Floats.GetUpper());
        return Tree.Max(Sse.Max(eight.GetLower(), eight.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSBytes(Zmm<TDot> value, sbyte* destination)
        => Avx512F.ConvertToVector128SByte(Avx512F.ConvertToVector512Int32(value.Floats)).Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* source) => Sse.Prefetch0(source + PrefetchBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchLine(byte* source) => Sse.Prefetch1(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadLine(byte* source)
    {
        Sse.Prefetch0(source + PrefetchBytes);
        return new(Vector512.Load(source));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> BroadcastByte(byte value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadTable(byte* source) => new(Avx512F.BroadcastVector128ToVector512((uint*)source).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Lookup(Zmm<TDot> table, Zmm<TDot> indices)
        => new(Avx512Vbmi.IsSupported // takes six bits of an index, and the table stands there four times
            ? Avx512Vbmi.PermuteVar64x8(table.value, indices.value)
            : Avx512BW.Shuffle(table.value, indices.value & Vector512.Create((byte)15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> And(Zmm<TDot> value, Zmm<TDot> mask) => new(value.value & mask.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Insert(Zmm<TDot> value, Zmm<TDot> bits, Zmm<TDot> mask)
        => new(Avx512F.TernaryLogic(value.value, bits.value, mask.value, 0xF8)); // a | (b & c)

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> ShiftRight(Zmm<TDot> value, int bits) => new((value.value.AsUInt16() >> bits).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> ShiftLeft(Zmm<TDot> value, int bits) => new((value.value.AsUInt16() << bits).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> StartDot(int correction) => new(Vector512.Create(correction));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Dot(Zmm<TDot> sum, Zmm<TDot> weights, byte* activations)
        => new(TDot.Add(sum.Ints, weights.value, Vector512.Create(*(int*)activations).AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotFour(
        ref Zmm<TDot> first, ref Zmm<TDot> second, ref Zmm<TDot> third, ref Zmm<TDot> fourth, Zmm<TDot> weights, byte* activations)
    {
        // Flat for the compiler's sake: four calls of Dot would take twice as many of its variables.
        if (typeof(TDot) == typeof(ZmmPairDot))
        {
            // Products before additions: on a Zen 4, whose zmm is two halves, that is 0.9 products a cycle in place of 0.73.
            var product1 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)activations).AsSByte());
            var product2 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 4)).AsSByte());
            var product3 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 8)).AsSByte());
            var product4 = Avx512BW.MultiplyAddAdjacent(weights.value, Vector512.Create(*(int*)(activations + 12)).AsSByte());
            first = new((first.Shorts + product1).AsByte());
            second = new((second.Shorts + product2).AsByte());
            third = new((third.Shorts + product3).AsByte());
            fourth = new((fourth.Shorts + product4).AsByte());
        }
        else
        {
            first = new(TDot.Add(first.value.AsInt32(), weights.value, Vector512.Create(*(int*)activations).AsSByte()));
            second = new(TDot.Add(second.value.AsInt32(), weights.value, Vector512.Create(*(int*)(activations + 4)).AsSByte()));
            third = new(TDot.Add(third.value.AsInt32(), weights.value, Vector512.Create(*(int*)(activations + 8)).AsSByte()));
            fourth = new(TDot.Add(fourth.value.AsInt32(), weights.value, Vector512.Create(*(int*)(activations + 12)).AsSByte()));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> ToInt32(Zmm<TDot> sum) => new(TDot.ToInt32(sum.Ints));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadScales(byte* source) => new(TDot.Scales(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadSignedScales(sbyte* source) => new(TDot.Scales(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> ScaleAdd(Zmm<TDot> total, Zmm<TDot> sum, Zmm<TDot> scales)
        => new(TDot.ScaleAdd(total.Ints, sum.Ints, scales.Ints));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> BroadcastScale(short scale) => new(TDot.Scales(Vector512.Create((int)scale)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> TimesSixteen(Zmm<TDot> scales) => new((scales.Shorts << 4).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> LoadPairs(byte* source) => new(Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)source)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> PairAdd(Zmm<TDot> total, Zmm<TDot> pairs, int sums)
        => new((total.Ints + Avx512BW.MultiplyAddAdjacent(pairs.Shorts, Vector512.Create(sums).AsInt16())).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> AddTimesSixteen(Zmm<TDot> total, Zmm<TDot> values) => new((total.Ints + (values.Ints << 4)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> StartWide(int correction)
        => new(Vector512.Create(correction) << 4);

    public static Zmm<TDot> WholeBytes(Zmm<TDot> biased) => biased;

    public static bool HasCrossedDot => !TDot.HasByteDot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> EvenBytes(Zmm<TDot> line)
        => new(((line.Shorts & Vector512.Create((short)0xFF)) - Vector512.Create((short)128)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> OddBytes(Zmm<TDot> line)
        => new(((line.value.AsUInt16() >> 8).AsInt16() - Vector512.Create((short)128)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> TimesScales(Zmm<TDot> pairs, Zmm<TDot> scales) => new((pairs.Shorts * scales.Shorts).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> SubtractProducts(Zmm<TDot> total, Zmm<TDot> even, Zmm<TDot> odd)
        => new((total.Ints - Avx512BW.MultiplyAddAdjacent(even.Shorts, odd.Shorts)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> StartCrossed(Zmm<TDot> rows, int token) => new((rows.Ints + Vector512.Create(token)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> CrossedDot(Zmm<TDot> sum, Zmm<TDot> even, Zmm<TDot> odd, byte* evenActivations, byte* oddActivations)
    {
        var evens = Vector512.Create(*(int*)evenActivations).AsInt16();
        var odds = Vector512.Create(*(int*)oddActivations).AsInt16();
        return new((sum.Ints + Avx512BW.MultiplyAddAdjacent(even.Shorts + odds, odd.Shorts + evens)).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> ToSingle(Zmm<TDot> integers) => new(Avx512F.ConvertToVector512Single(integers.Ints));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> Accumulate(Zmm<TDot> floats, Zmm<TDot> integers, Zmm<TDot> scale, float tokenScale)
        => new(Avx512F.FusedMultiplyAdd(
            Avx512F.ConvertToVector512Single(integers.Ints), scale.Floats * Vector512.Create(tokenScale), floats.Floats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Zmm<TDot> AccumulateNarrow(Zmm<TDot> floats, Zmm<TDot> sum, Zmm<TDot> scale, float tokenScale)
        => new(Avx512F.FusedMultiplyAdd(
            Avx512F.ConvertToVector512Single(TDot.ToInt32(sum.Ints)),
            scale.Floats * Vector512.Create(tokenScale),
            floats.Floats));
}
