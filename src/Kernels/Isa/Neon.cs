using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Hearth.Kernels.Isa;

/// <summary>
/// 128-bit rung: four NEON registers of four rows each. All sums are 32-bit and all weights signed bytes, so that narrow and wide
/// dots are the same instruction; <typeparamref name="TDot"/> says which.
/// </summary>
internal readonly unsafe struct Neon<TDot> : IRung<Neon<TDot>>
    where TDot : struct, INeonDot
{
    private readonly Vector128<byte> first;
    private readonly Vector128<byte> second;
    private readonly Vector128<byte> third;
    private readonly Vector128<byte> fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Neon(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth)
    {
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Neon(Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth)
    {
        this.first = first.AsByte();
        this.second = second.AsByte();
        this.third = third.AsByte();
        this.fourth = fourth.AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Neon(Vector128<int> first, Vector128<int> second, Vector128<int> third, Vector128<int> fourth)
    {
        this.first = first.AsByte();
        this.second = second.AsByte();
        this.third = third.AsByte();
        this.fourth = fourth.AsByte();
    }

    public static Rung Rung => TDot.Rung;

    public static bool IsSupported => AdvSimd.Arm64.IsSupported && TDot.IsSupported;

    public static int TileTokens => 4;

    public static int FloatTileTokens => 4;

    public static bool HasByteDot => true;

    public static bool Prefetches => false;

    public static Neon<TDot> Zero => default;

    private Vector128<float> F0 => first.AsSingle();

    private Vector128<float> F1 => second.AsSingle();

    private Vector128<float> F2 => third.AsSingle();

    private Vector128<float> F3 => fourth.AsSingle();

    private Vector128<int> I0 => first.AsInt32();

    private Vector128<int> I1 => second.AsInt32();

    private Vector128<int> I2 => third.AsInt32();

    private Vector128<int> I3 => fourth.AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Broadcast(float value) => Repeat(Vector128.Create(value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Load(float* source) => LoadLine((byte*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Neon<TDot> value, float* destination)
    {
        value.F0.Store(destination);
        value.F1.Store(destination + 4);
        value.F2.Store(destination + 8);
        value.F3.Store(destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadHalf(ushort* source) => LoadSmallHalf(source) * Broadcast(Half16.BiasFactor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadSmallHalf(ushort* source)
    {
        var low = Vector128.Load((short*)source);
        var high = Vector128.Load((short*)source + 8);
        return new(
            Widen(AdvSimd.SignExtendWideningLower(low.GetLower())),
            Widen(AdvSimd.SignExtendWideningUpper(low)),
            Widen(AdvSimd.SignExtendWideningLower(high.GetLower())),
            Widen(AdvSimd.SignExtendWideningUpper(high)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<int> Widen(Vector128<int> bits) => (bits << 13) & Vector128.Create(Half16.Bits);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadBFloat16(ushort* source)
    {
        var low = Vector128.Load(source);
        var high = Vector128.Load(source + 8);
        return new(
            (AdvSimd.ZeroExtendWideningLower(low.GetLower()) << 16).AsInt32(),
            (AdvSimd.ZeroExtendWideningUpper(low) << 16).AsInt32(),
            (AdvSimd.ZeroExtendWideningLower(high.GetLower()) << 16).AsInt32(),
            (AdvSimd.ZeroExtendWideningUpper(high) << 16).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> FromSBytes(Vector128<sbyte> values)
    {
        var low = AdvSimd.SignExtendWideningLower(values.GetLower());
        var high = AdvSimd.SignExtendWideningUpper(values);
        return ToSingle(new(
            AdvSimd.SignExtendWideningLower(low.GetLower()),
            AdvSimd.SignExtendWideningUpper(low),
            AdvSimd.SignExtendWideningLower(high.GetLower()),
            AdvSimd.SignExtendWideningUpper(high)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> operator +(Neon<TDot> left, Neon<TDot> right)
        => new(left.F0 + right.F0, left.F1 + right.F1, left.F2 + right.F2, left.F3 + right.F3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> operator -(Neon<TDot> left, Neon<TDot> right)
        => new(left.F0 - right.F0, left.F1 - right.F1, left.F2 - right.F2, left.F3 - right.F3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> operator *(Neon<TDot> left, Neon<TDot> right)
        => new(left.F0 * right.F0, left.F1 * right.F1, left.F2 * right.F2, left.F3 * right.F3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> operator /(Neon<TDot> left, Neon<TDot> right)
        => new(left.F0 / right.F0, left.F1 / right.F1, left.F2 / right.F2, left.F3 / right.F3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> MultiplyAdd(Neon<TDot> a, Neon<TDot> b, Neon<TDot> c)
        => new(
            AdvSimd.FusedMultiplyAdd(c.F0, a.F0, b.F0),
            AdvSimd.FusedMultiplyAdd(c.F1, a.F1, b.F1),
            AdvSimd.FusedMultiplyAdd(c.F2, a.F2, b.F2),
            AdvSimd.FusedMultiplyAdd(c.F3, a.F3, b.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> NegatedMultiplyAdd(Neon<TDot> a, Neon<TDot> b, Neon<TDot> c)
        => new(
            AdvSimd.FusedMultiplySubtract(c.F0, a.F0, b.F0),
            AdvSimd.FusedMultiplySubtract(c.F1, a.F1, b.F1),
            AdvSimd.FusedMultiplySubtract(c.F2, a.F2, b.F2),
            AdvSimd.FusedMultiplySubtract(c.F3, a.F3, b.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Max(Neon<TDot> left, Neon<TDot> right) => SelectGreater(left, right, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Min(Neon<TDot> left, Neon<TDot> right) => SelectGreater(right, left, left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Abs(Neon<TDot> value)
        => new(AdvSimd.Abs(value.F0), AdvSimd.Abs(value.F1), AdvSimd.Abs(value.F2), AdvSimd.Abs(value.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Sqrt(Neon<TDot> value)
        => new(
            AdvSimd.Arm64.Sqrt(value.F0), AdvSimd.Arm64.Sqrt(value.F1), AdvSimd.Arm64.Sqrt(value.F2), AdvSimd.Arm64.Sqrt(value.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Round(Neon<TDot> value)
        => new(
            AdvSimd.RoundToNearest(value.F0),
            AdvSimd.RoundToNearest(value.F1),
            AdvSimd.RoundToNearest(value.F2),
            AdvSimd.RoundToNearest(value.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> PowerOfTwo(Neon<TDot> exponent)
    {
        return new(Power(exponent.F0), Power(exponent.F1), Power(exponent.F2), Power(exponent.F3));

        static Vector128<int> Power(Vector128<float> exponent)
            => (AdvSimd.ConvertToInt32RoundToZero(exponent) + Vector128.Create(127)) << 23;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> SelectGreater(Neon<TDot> left, Neon<TDot> right, Neon<TDot> whenGreater, Neon<TDot> otherwise)
        => new(
            AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(left.F0, right.F0), whenGreater.F0, otherwise.F0),
            AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(left.F1, right.F1), whenGreater.F1, otherwise.F1),
            AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(left.F2, right.F2), whenGreater.F2, otherwise.F2),
            AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(left.F3, right.F3), whenGreater.F3, otherwise.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> SwapPairs(Neon<TDot> value)
        => new(
            AdvSimd.ReverseElement32(value.first.AsInt64()).AsByte(),
            AdvSimd.ReverseElement32(value.second.AsInt64()).AsByte(),
            AdvSimd.ReverseElement32(value.third.AsInt64()).AsByte(),
            AdvSimd.ReverseElement32(value.fourth.AsInt64()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Neon<TDot> value) => Tree.Sum((value.F0 + value.F2) + (value.F1 + value.F3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Neon<TDot> value)
    {
        return Tree.Max(Greater(Greater(value.F0, value.F2), Greater(value.F1, value.F3)));

        static Vector128<float> Greater(Vector128<float> left, Vector128<float> right)
            => AdvSimd.BitwiseSelect(AdvSimd.CompareGreaterThan(left, right), left, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreAsSBytes(Neon<TDot> value, sbyte* destination)
    {
        var low = Shorts(value.F0, value.F1);
        var high = Shorts(value.F2, value.F3);
        AdvSimd.ExtractNarrowingSaturateUpper(AdvSimd.ExtractNarrowingSaturateLower(low), high).Store(destination);

        static Vector128<short> Shorts(Vector128<float> low, Vector128<float> high)
            => AdvSimd.ExtractNarrowingSaturateUpper(
                AdvSimd.ExtractNarrowingSaturateLower(AdvSimd.ConvertToInt32RoundToEven(low)),
                AdvSimd.ConvertToInt32RoundToEven(high));
    }

    // Arm cores stream weights well by themselves, and the instruction takes a load slot.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(byte* source)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadLine(byte* source)
        => new(Vector128.Load(source), Vector128.Load(source + 16), Vector128.Load(source + 32), Vector128.Load(source + 48));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> BroadcastByte(byte value) => Repeat(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadTable(byte* source) => Repeat(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Lookup(Neon<TDot> table, Neon<TDot> indices)
    {
        indices = And(indices, BroadcastByte(15));
        return new(
            AdvSimd.Arm64.VectorTableLookup(table.first, indices.first),
            AdvSimd.Arm64.VectorTableLookup(table.first, indices.second),
            AdvSimd.Arm64.VectorTableLookup(table.first, indices.third),
            AdvSimd.Arm64.VectorTableLookup(table.first, indices.fourth));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> And(Neon<TDot> value, Neon<TDot> mask)
        => new(value.first & mask.first, value.second & mask.first, value.third & mask.first, value.fourth & mask.first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Insert(Neon<TDot> value, Neon<TDot> bits, Neon<TDot> mask)
        => new(
            AdvSimd.BitwiseSelect(mask.first, bits.first, value.first),
            AdvSimd.BitwiseSelect(mask.first, bits.second, value.second),
            AdvSimd.BitwiseSelect(mask.first, bits.third, value.third),
            AdvSimd.BitwiseSelect(mask.first, bits.fourth, value.fourth));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> ShiftRight(Neon<TDot> value, int bits)
        => new(value.first >> bits, value.second >> bits, value.third >> bits, value.fourth >> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> ShiftLeft(Neon<TDot> value, int bits)
        => new(value.first << bits, value.second << bits, value.third << bits, value.fourth << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> StartDot(int correction)
        => Repeat(Vector128.Create(correction).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Dot(Neon<TDot> sum, Neon<TDot> weights, byte* activations)
    {
        var x = Vector128.Create(*(int*)activations).AsSByte();
        return new(
            TDot.Add(sum.I0, weights.first.AsSByte(), x),
            TDot.Add(sum.I1, weights.second.AsSByte(), x),
            TDot.Add(sum.I2, weights.third.AsSByte(), x),
            TDot.Add(sum.I3, weights.fourth.AsSByte(), x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void DotFour(
        ref Neon<TDot> first, ref Neon<TDot> second, ref Neon<TDot> third, ref Neon<TDot> fourth, Neon<TDot> weights, byte* activations)
    {
        // One load serves four tokens: each product takes its quad of the register.
        var x = Vector128.Load((sbyte*)activations);
        first = new(
            TDot.AddSelected(first.first.AsInt32(), weights.first.AsSByte(), x, 0),
            TDot.AddSelected(first.second.AsInt32(), weights.second.AsSByte(), x, 0),
            TDot.AddSelected(first.third.AsInt32(), weights.third.AsSByte(), x, 0),
            TDot.AddSelected(first.fourth.AsInt32(), weights.fourth.AsSByte(), x, 0));
        second = new(
            TDot.AddSelected(second.first.AsInt32(), weights.first.AsSByte(), x, 1),
            TDot.AddSelected(second.second.AsInt32(), weights.second.AsSByte(), x, 1),
            TDot.AddSelected(second.third.AsInt32(), weights.third.AsSByte(), x, 1),
            TDot.AddSelected(second.fourth.AsInt32(), weights.fourth.AsSByte(), x, 1));
        third = new(
            TDot.AddSelected(third.first.AsInt32(), weights.first.AsSByte(), x, 2),
            TDot.AddSelected(third.second.AsInt32(), weights.second.AsSByte(), x, 2),
            TDot.AddSelected(third.third.AsInt32(), weights.third.AsSByte(), x, 2),
            TDot.AddSelected(third.fourth.AsInt32(), weights.fourth.AsSByte(), x, 2));
        fourth = new(
            TDot.AddSelected(fourth.first.AsInt32(), weights.first.AsSByte(), x, 3),
            TDot.AddSelected(fourth.second.AsInt32(), weights.second.AsSByte(), x, 3),
            TDot.AddSelected(fourth.third.AsInt32(), weights.third.AsSByte(), x, 3),
            TDot.AddSelected(fourth.fourth.AsInt32(), weights.fourth.AsSByte(), x, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> ToInt32(Neon<TDot> sum) => sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadScales(byte* source)
    {
        var bytes = Vector128.Load(source);
        var low = AdvSimd.ZeroExtendWideningLower(bytes.GetLower());
        var high = AdvSimd.ZeroExtendWideningUpper(bytes);
        return new(
            AdvSimd.ZeroExtendWideningLower(low.GetLower()).AsInt32(),
            AdvSimd.ZeroExtendWideningUpper(low).AsInt32(),
            AdvSimd.ZeroExtendWideningLower(high.GetLower()).AsInt32(),
            AdvSimd.ZeroExtendWideningUpper(high).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadSignedScales(sbyte* source)
    {
        var bytes = Vector128.Load(source);
        var low = AdvSimd.SignExtendWideningLower(bytes.GetLower());
        var high = AdvSimd.SignExtendWideningUpper(bytes);
        return new(
            AdvSimd.SignExtendWideningLower(low.GetLower()),
            AdvSimd.SignExtendWideningUpper(low),
            AdvSimd.SignExtendWideningLower(high.GetLower()),
            AdvSimd.SignExtendWideningUpper(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> ScaleAdd(Neon<TDot> total, Neon<TDot> sum, Neon<TDot> scales)
        => new(
            AdvSimd.MultiplyAdd(total.first.AsInt32(), sum.first.AsInt32(), scales.first.AsInt32()),
            AdvSimd.MultiplyAdd(total.second.AsInt32(), sum.second.AsInt32(), scales.second.AsInt32()),
            AdvSimd.MultiplyAdd(total.third.AsInt32(), sum.third.AsInt32(), scales.third.AsInt32()),
            AdvSimd.MultiplyAdd(total.fourth.AsInt32(), sum.fourth.AsInt32(), scales.fourth.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> BroadcastScale(short scale) => Repeat(Vector128.Create((int)scale).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> TimesSixteen(Neon<TDot> scales)
        => new(scales.I0 << 4, scales.I1 << 4, scales.I2 << 4, scales.I3 << 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> LoadPairs(byte* source)
    {
        var low = Vector128.Load((sbyte*)source);
        var high = Vector128.Load((sbyte*)source + 16);
        return new(
            AdvSimd.SignExtendWideningLower(low.GetLower()).AsInt32(),
            AdvSimd.SignExtendWideningUpper(low).AsInt32(),
            AdvSimd.SignExtendWideningLower(high.GetLower()).AsInt32(),
            AdvSimd.SignExtendWideningUpper(high).AsInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> PairAdd(Neon<TDot> total, Neon<TDot> pairs, int sums)
    {
        var both = Vector128.Create(sums).AsInt16();
        return new(
            total.first.AsInt32() + Products(pairs.first.AsInt16(), both),
            total.second.AsInt32() + Products(pairs.second.AsInt16(), both),
            total.third.AsInt32() + Products(pairs.third.AsInt16(), both),
            total.fourth.AsInt32() + Products(pairs.fourth.AsInt16(), both));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector128<int> Products(Vector128<short> pairs, Vector128<short> sums)
            => AdvSimd.Arm64.AddPairwise(
                AdvSimd.MultiplyWideningLower(pairs.GetLower(), sums.GetLower()), AdvSimd.MultiplyWideningUpper(pairs, sums));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> AddTimesSixteen(Neon<TDot> total, Neon<TDot> values)
        => new(
            total.I0 + (values.I0 << 4), total.I1 + (values.I1 << 4), total.I2 + (values.I2 << 4), total.I3 + (values.I3 << 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> StartWide(int correction) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> WholeBytes(Neon<TDot> biased)
    {
        var bias = Vector128.Create((byte)0x80);
        return new(biased.first ^ bias, biased.second ^ bias, biased.third ^ bias, biased.fourth ^ bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> ToSingle(Neon<TDot> integers)
        => new(
            AdvSimd.ConvertToSingle(integers.I0),
            AdvSimd.ConvertToSingle(integers.I1),
            AdvSimd.ConvertToSingle(integers.I2),
            AdvSimd.ConvertToSingle(integers.I3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> Accumulate(Neon<TDot> floats, Neon<TDot> integers, Neon<TDot> scale, float tokenScale)
    {
        // One flat expression: four tokens of calls within calls take half of what the compiler inlines.
        var token = Vector128.Create(tokenScale);
        return new(
            AdvSimd.FusedMultiplyAdd(floats.first.AsSingle(), AdvSimd.ConvertToSingle(integers.first.AsInt32()), scale.first.AsSingle() * token),
            AdvSimd.FusedMultiplyAdd(floats.second.AsSingle(), AdvSimd.ConvertToSingle(integers.second.AsInt32()), scale.second.AsSingle() * token),
            AdvSimd.FusedMultiplyAdd(floats.third.AsSingle(), AdvSimd.ConvertToSingle(integers.third.AsInt32()), scale.third.AsSingle() * token),
            AdvSimd.FusedMultiplyAdd(floats.fourth.AsSingle(), AdvSimd.ConvertToSingle(integers.fourth.AsInt32()), scale.fourth.AsSingle() * token));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Neon<TDot> AccumulateNarrow(Neon<TDot> floats, Neon<TDot> sum, Neon<TDot> scale, float tokenScale)
        => Accumulate(floats, sum, scale, tokenScale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Neon<TDot> Repeat(Vector128<byte> all) => new(all, all, all, all);
}
