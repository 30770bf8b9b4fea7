using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Hearth.Kernels.Isa;

/// <summary>
/// 256-bit rung: two ymm, rows 0 to 7 and 8 to 15. What differs between AVX2 and AVX-VNNI is how bytes are multiplied:
/// <typeparamref name="TDot"/>.
/// </summary>
/// <remarks>Masks and tables are alike in both halves, and only the low one is read: sixteen registers have none to spare for a copy.</remarks>
internal readonly unsafe struct Ymm<TDot> : IRung<Ymm<TDot>>
    where TDot : struct, IByteDot<Vector256<int>, Vector256<byte>, Vector256<sbyte>>
{
    // As for Zmm.
    private const int PrefetchBytes = 4096;

    private readonly Vector256<byte> low;
    private readonly Vector256<byte> high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Ymm(Vector256<byte> low, Vector256<byte> high)
    {
        this.low = low;
        this.high = high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Ymm(Vector256<float> low, Vector256<float> high)
    {
        this.low = low.AsByte();
        this.high = high.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Ymm(Vector256<int> low, Vector256<int> high)
    {
        this.low = low.AsByte();
        this.high = high.AsByte();
    }

    public static Rung Rung => TDot.Rung;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && TDot.IsSupported;

    public static int TileTokens => 4;

    public static int FloatTileTokens => 4;

    public static bool HasByteDot => TDot.HasByteDot;

    public static bool UnpacksAhead => true;

    public static bool Prefetches => true;

    public static Ymm<TDot> Zero => default;

    private Vector256<float> LowFloats => low.AsSingle();

    private Vector256<float> HighFloats => high.AsSingle();

    private Vector256<int> LowInts => low.AsInt32();

    private Vector256<int> HighInts => high.AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Broadcast(float value)
    {
        var all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Ymm<TDot> value, float* destination)
    {
        value.LowFloats.Store(destination);
        value.HighFloats.Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadHalf(ushort* source) => LoadSmallHalf(source) * Broadcast(Half16.BiasFactor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadSmallHalf(ushort* source)
    {
        var bits = Vector256.Create(Half16.Bits);
        return new((Avx2.ConvertToVector256Int32((short*)source) << 13) & bits, (Avx2.ConvertToVector256Int32((short*)source + 8) << 13) & bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadBFloat16(ushort* source)
        => new(Avx2.ConvertToVector256Int32(source) << 16, Avx2.ConvertToVector256Int32(source + 8) << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> FromSBytes(Vector128<sbyte> values)
        => new(
            Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(values)),
            Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(values, 8))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> operator +(Ymm<TDot> left, Ymm<TDot> right)
        => new(left.LowFloats + right.LowFloats, left.HighFloats + right.HighFloats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> operator -(Ymm<TDot> left, Ymm<TDot> right)
        => new(left.LowFloats - right.LowFloats, left.HighFloats - right.HighFloats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> operator *(Ymm<TDot> left, Ymm<TDot> right)
        => new(left.LowFloats * right.LowFloats, left.HighFloats * right.HighFloats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> operator /(Ymm<TDot> left, Ymm<TDot> right)
        => new(left.LowFloats / right.LowFloats, left.HighFloats / right.HighFloats);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> MultiplyAdd(Ymm<TDot> a, Ymm<TDot> b, Ymm<TDot> c)
        => new(Fma.MultiplyAdd(a.LowFloats, b.LowFloats, c.LowFloats), Fma.MultiplyAdd(a.HighFloats, b.HighFloats, c.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> NegatedMultiplyAdd(Ymm<TDot> a, Ymm<TDot> b, Ymm<TDot> c)
        => new(
            Fma.MultiplyAddNegated(a.LowFloats, b.LowFloats, c.LowFloats),
            Fma.MultiplyAddNegated(a.HighFloats, b.HighFloats, c.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Max(Ymm<TDot> left, Ymm<TDot> right)
        => new(Avx.Max(left.LowFloats, right.LowFloats), Avx.Max(left.HighFloats, right.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Min(Ymm<TDot> left, Ymm<TDot> right)
        => new(Avx.Min(left.LowFloats, right.LowFloats), Avx.Min(left.HighFloats, right.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Abs(Ymm<TDot> value) => new(Vector256.Abs(value.LowFloats), Vector256.Abs(value.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Sqrt(Ymm<TDot> value) => new(Avx.Sqrt(value.LowFloats), Avx.Sqrt(value.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Round(Ymm<TDot> value)
        => new(Avx.RoundToNearestInteger(value.LowFloats), Avx.RoundToNearestInteger(value.HighFloats));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> PowerOfTwo(Ymm<TDot> exponent)
    {
        var bias = Vector256.Create(127);
        return new(
            (Avx.ConvertToVector256Int32(exponent.LowFloats) + bias) << 23,
            (Avx.ConvertToVector256Int32(exponent.HighFloats) + bias) << 23);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> SelectGreater(Ymm<TDot> left, Ymm<TDot> right, Ymm<TDot> whenGreater, Ymm<TDot> otherwise)
        => new(
            Avx.BlendVariable(
                otherwise.LowFloats, whenGreater.LowFloats, Avx.CompareGreaterThan(left.LowFloats, right.LowFloats)),
            Avx.BlendVariable(
                otherwise.HighFloats, whenGreater.HighFloats, Avx.CompareGreaterThan(left.HighFloats, right.HighFloats)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> SwapPairs(Ymm<TDot> value)
        => new(Avx.Permute(value.LowFloats, 0b10_11_00_01), Avx.Permute(value.HighFloats, 0b10_11_00_01));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Ymm<TDot> value)
    {
        var eight = value.LowFloats + value.HighFloats;
        return Tree.Sum(eight.GetLower() + eight.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Ymm<TDot> value)
    {
        var eight = Avx.Max(value.LowFloats, value.HighFloats);
        return Tree.Max(Sse.Max(eight.GetLower(), eight.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSBytes(Ymm<TDot> value, sbyte* destination)
    {
        // Packing works within 128-bit halves: the middle quarters change places afterwards.
        var shorts = Avx2.PackSignedSaturate(
            Avx.ConvertToVector256Int32(value.LowFloats), Avx.ConvertToVector256Int32(value.HighFloats));
        shorts = Avx2.Permute4x64(shorts.AsInt64(), 0b11_01_10_00).AsInt16();
        Sse2.PackSignedSaturate(shorts.GetLower(), shorts.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* source) => Sse.Prefetch0(source + PrefetchBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchLine(byte* source) => Sse.Prefetch1(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadLine(byte* source)
    {
        Sse.Prefetch0(source + PrefetchBytes);
        return new(Vector256.Load(source), Vector256.Load(source + 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> BroadcastByte(byte value)
    {
        var all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadTable(byte* source)
    {
        var table = Avx2.BroadcastVector128ToVector256(source);
        return new(table, table);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Lookup(Ymm<TDot> table, Ymm<TDot> indices)
    {
        indices = And(indices, BroadcastByte(15));
        return new(Avx2.Shuffle(table.low, indices.low), Avx2.Shuffle(table.low, indices.high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> And(Ymm<TDot> value, Ymm<TDot> mask) => new(value.low & mask.low, value.high & mask.low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Insert(Ymm<TDot> value, Ymm<TDot> bits, Ymm<TDot> mask)
        => new(value.low | (bits.low & mask.low), value.high | (bits.high & mask.low));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> ShiftRight(Ymm<TDot> value, int bits)
        => new((value.low.AsUInt16() >> bits).AsByte(), (value.high.AsUInt16() >> bits).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> ShiftLeft(Ymm<TDot> value, int bits)
        => new((value.low.AsUInt16() << bits).AsByte(), (value.high.AsUInt16() << bits).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> StartDot(int correction)
    {
        var start = Vector256.Create(correction);
        return new(start, start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Dot(Ymm<TDot> sum, Ymm<TDot> weights, byte* activations)
    {
        var x = Vector256.Create(*(int*)activations).AsSByte();
        return new(TDot.Add(sum.LowInts, weights.low, x), TDot.Add(sum.HighInts, weights.high, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotFour(
        ref Ymm<TDot> first, ref Ymm<TDot> second, ref Ymm<TDot> third, ref Ymm<TDot> fourth, Ymm<TDot> weights, byte* activations)
    {
        // Flat for the compiler's sake: four calls of Dot would take twice as many of its variables.
        var x = Vector256.Create(*(int*)activations).AsSByte();
        first = new(TDot.Add(first.low.AsInt32(), weights.low, x), TDot.Add(first.high.AsInt32(), weights.high, x));
        x = Vector256.Create(*(int*)(activations + 4)).AsSByte();
        second = new(TDot.Add(second.low.AsInt32(), weights.low, x), TDot.Add(second.high.AsInt32(), weights.high, x));
        x = Vector256.Create(*(int*)(activations + 8)).AsSByte();
        third = new(TDot.Add(third.low.AsInt32(), weights.low, x), TDot.Add(third.high.AsInt32(), weights.high, x));
        x = Vector256.Create(*(int*)(activations + 12)).AsSByte();
        fourth = new(TDot.Add(fourth.low.AsInt32(), weights.low, x), TDot.Add(fourth.high.AsInt32(), weights.high, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> ToInt32(Ymm<TDot> sum) => new(TDot.ToInt32(sum.LowInts), TDot.ToInt32(sum.HighInts));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadScales(byte* source)
        => new(TDot.Scales(Avx2.ConvertToVector256Int32(source)), TDot.Scales(Avx2.ConvertToVector256Int32(source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadSignedScales(sbyte* source)
        => new(TDot.Scales(Avx2.ConvertToVector256Int32(source)), TDot.Scales(Avx2.ConvertToVector256Int32(source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> ScaleAdd(Ymm<TDot> total, Ymm<TDot> sum, Ymm<TDot> scales)
        => new(
            TDot.ScaleAdd(total.LowInts, sum.LowInts, scales.LowInts),
            TDot.ScaleAdd(total.HighInts, sum.HighInts, scales.HighInts));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAddFour(
        ref Ymm<TDot> first,
        ref Ymm<TDot> second,
        ref Ymm<TDot> third,
        ref Ymm<TDot> fourth,
        Ymm<TDot> sum1,
        Ymm<TDot> sum2,
        Ymm<TDot> sum3,
        Ymm<TDot> sum4,
        Ymm<TDot> scales)
    {
        // Flat as well: totals passed by value are copied, and with sixteen registers a copy goes through memory.
        var low = scales.low.AsInt32();
        var high = scales.high.AsInt32();
        first = new(TDot.ScaleAdd(first.low.AsInt32(), sum1.low.AsInt32(), low), TDot.ScaleAdd(first.high.AsInt32(), sum1.high.AsInt32(), high));
        second = new(TDot.ScaleAdd(second.low.AsInt32(), sum2.low.AsInt32(), low), TDot.ScaleAdd(second.high.AsInt32(), sum2.high.AsInt32(), high));
        third = new(TDot.ScaleAdd(third.low.AsInt32(), sum3.low.AsInt32(), low), TDot.ScaleAdd(third.high.AsInt32(), sum3.high.AsInt32(), high));
        fourth = new(TDot.ScaleAdd(fourth.low.AsInt32(), sum4.low.AsInt32(), low), TDot.ScaleAdd(fourth.high.AsInt32(), sum4.high.AsInt32(), high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> BroadcastScale(short scale)
    {
        var all = TDot.Scales(Vector256.Create((int)scale));
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> TimesSixteen(Ymm<TDot> scales)
        => new((scales.low.AsInt16() << 4).AsInt32(), (scales.high.AsInt16() << 4).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> LoadPairs(byte* source)
        => new(
            Avx2.ConvertToVector256Int16((sbyte*)source).AsInt32(),
            Avx2.ConvertToVector256Int16((sbyte*)source + 16).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> PairAdd(Ymm<TDot> total, Ymm<TDot> pairs, int sums)
    {
        var both = Vector256.Create(sums).AsInt16();
        return new(
            total.LowInts + Avx2.MultiplyAddAdjacent(pairs.low.AsInt16(), both),
            total.HighInts + Avx2.MultiplyAddAdjacent(pairs.high.AsInt16(), both));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> AddTimesSixteen(Ymm<TDot> total, Ymm<TDot> values)
        => new(total.LowInts + (values.LowInts << 4), total.HighInts + (values.HighInts << 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> StartWide(int correction)
    {
        var start = Vector256.Create(correction) << 4;
        return new(start, start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> WholeBytes(Ymm<TDot> biased) => biased;

    public static bool HasCrossedDot => !TDot.HasByteDot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> EvenBytes(Ymm<TDot> line)
    {
        var mask = Vector256.Create((short)0xFF);
        var bias = Vector256.Create((short)128);
        return new(((line.low.AsInt16() & mask) - bias).AsInt32(), ((line.high.AsInt16() & mask) - bias).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> OddBytes(Ymm<TDot> line)
    {
        var bias = Vector256.Create((short)128);
        return new(((line.low.AsInt16() >>> 8) - bias).AsInt32(), ((line.high.AsInt16() >>> 8) - bias).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> TimesScales(Ymm<TDot> pairs, Ymm<TDot> scales)
        => new((pairs.low.AsInt16() * scales.low.AsInt16()).AsInt32(), (pairs.high.AsInt16() * scales.high.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> SubtractProducts(Ymm<TDot> total, Ymm<TDot> even, Ymm<TDot> odd)
        => new(
            total.low.AsInt32() - Avx2.MultiplyAddAdjacent(even.low.AsInt16(), odd.low.AsInt16()),
            total.high.AsInt32() - Avx2.MultiplyAddAdjacent(even.high.AsInt16(), odd.high.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> StartCrossed(Ymm<TDot> rows, int token)
    {
        var all = Vector256.Create(token);
        return new(rows.low.AsInt32() + all, rows.high.AsInt32() + all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> CrossedDot(Ymm<TDot> sum, Ymm<TDot> even, Ymm<TDot> odd, byte* evenActivations, byte* oddActivations)
    {
        var evens = Vector256.Create(*(int*)evenActivations).AsInt16();
        var odds = Vector256.Create(*(int*)oddActivations).AsInt16();
        return new(
            sum.low.AsInt32() + Avx2.MultiplyAddAdjacent(even.low.AsInt16() + odds, odd.low.AsInt16() + evens),
            sum.high.AsInt32() + Avx2.MultiplyAddAdjacent(even.high.AsInt16() + odds, odd.high.AsInt16() + evens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> ToSingle(Ymm<TDot> integers)
        => new(Avx.ConvertToVector256Single(integers.LowInts), Avx.ConvertToVector256Single(integers.HighInts));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> Accumulate(Ymm<TDot> floats, Ymm<TDot> integers, Ymm<TDot> scale, float tokenScale)
    {
        // One flat expression: four tokens of calls within calls take half of what the compiler inlines.
        var token = Vector256.Create(tokenScale);
        return new(
            Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers.LowInts), scale.LowFloats * token, floats.LowFloats),
            Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers.HighInts), scale.HighFloats * token, floats.HighFloats));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Ymm<TDot> AccumulateNarrow(Ymm<TDot> floats, Ymm<TDot> sum, Ymm<TDot> scale, float tokenScale)
    {
        var token = Vector256.Create(tokenScale);
        return new(
            Fma.MultiplyAdd(Avx.ConvertToVector256Single(TDot.ToInt32(sum.LowInts)), scale.LowFloats * token, floats.LowFloats),
            Fma.MultiplyAdd(Avx.ConvertToVector256Single(TDot.ToInt32(sum.HighInts)), scale.HighFloats * token, floats.HighFloats));
    }
}
