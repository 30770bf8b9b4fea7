using System.Runtime.Intrinsics;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Tests.Matmul;

namespace Hearth.Kernels.Tests.Isa;

/// <inheritdoc/>
internal sealed unsafe class RungCase<TRung>(string name, PanelKernel[] replacements) : RungCase
    where TRung : unmanaged, IRung<TRung>
{
    private readonly KernelSet<TRung> kernels = new(replacements);

    public override string Name => name;

    public override KernelSet Kernels => kernels;

    public override IReadOnlyDictionary<string, Func<float[], float[], float[], float[]>> FloatMembers { get; } =
        new Dictionary<string, Func<float[], float[], float[], float[]>>
        {
            ["Zero"] = (_, _, _) => Floats(TRung.Zero),
            ["Broadcast"] = (a, _, _) => Floats(TRung.Broadcast(a[3])),
            ["Load"] = (a, _, _) => Floats(From(a)),
            ["+"] = (a, b, _) => Floats(From(a) + From(b)),
            ["-"] = (a, b, _) => Floats(From(a) - From(b)),
            ["*"] = (a, b, _) => Floats(From(a) * From(b)),
            ["/"] = (a, b, _) => Floats(From(a) / From(b)),
            ["MultiplyAdd"] = (a, b, c) => Floats(TRung.MultiplyAdd(From(a), From(b), From(c))),
            ["NegatedMultiplyAdd"] = (a, b, c) => Floats(TRung.NegatedMultiplyAdd(From(a), From(b), From(c))),
            ["Max"] = (a, b, _) => Floats(TRung.Max(From(a), From(b))),
            ["Min"] = (a, b, _) => Floats(TRung.Min(From(a), From(b))),
            ["Abs"] = (a, _, _) => Floats(TRung.Abs(From(a))),
            ["Sqrt"] = (a, _, _) => Floats(TRung.Sqrt(TRung.Abs(From(a)))),
            ["Round"] = (a, _, _) => Floats(TRung.Round(From(a))),
            ["PowerOfTwo"] = (a, _, _) => Floats(TRung.PowerOfTwo(Exponents(a))),
            ["SelectGreater"] = (a, b, c) => Floats(TRung.SelectGreater(From(a), From(b), From(c), From(a))),
            ["SwapPairs"] = (a, _, _) => Floats(TRung.SwapPairs(From(a))),
            ["Sum"] = (a, _, _) => [TRung.Sum(From(a))],
            ["MaxLane"] = (a, _, _) => [TRung.MaxLane(From(a))],
        };

    public override IReadOnlyDictionary<string, Func<byte[], byte[], byte[]>> ByteMembers { get; } =
        new Dictionary<string, Func<byte[], byte[], byte[]>>
        {
            ["LoadLine"] = (a, _) => Bytes(From(a)),
            ["And"] = (a, b) => Bytes(TRung.And(From(a), TRung.BroadcastByte(b[7]))),
            ["Insert"] = (a, b) => Bytes(TRung.Insert(TRung.And(From(a), TRung.BroadcastByte(15)), From(b), TRung.BroadcastByte(0x30))),
            ["BroadcastByte"] = (a, _) => Bytes(TRung.BroadcastByte(a[5])),
            ["ShiftRight 4"] = (a, _) => Bytes(TRung.ShiftRight(From(a), 4, TRung.BroadcastByte(15))),
            ["ShiftRight 2"] = (a, _) => Bytes(TRung.ShiftRight(From(a), 2, TRung.BroadcastByte(0x30))),
            ["ShiftLeft 2"] = (a, _) => Bytes(TRung.ShiftLeft(From(a), 2, TRung.BroadcastByte(0x30))),
            ["ShiftLeft 4"] = (a, _) => Bytes(TRung.ShiftLeft(From(a), 4, TRung.BroadcastByte(0x10))),
            ["ShiftRight 3, masked later"] = (a, _) => Bytes(TRung.And(TRung.ShiftRight(From(a), 3), TRung.BroadcastByte(0x1F))),
            ["ShiftLeft 3, masked later"] = (a, _) => Bytes(TRung.And(TRung.ShiftLeft(From(a), 3), TRung.BroadcastByte(0xF8))),
            ["Lookup"] = (a, b) => Bytes(TRung.Lookup(LoadTable(a), From(b))),
            ["ToSingle"] = (a, _) => Bytes(TRung.ToSingle(From(a))),
            ["LoadHalf"] = (a, _) => Bytes(LoadHalf(a, small: false)),
            ["LoadSmallHalf"] = (a, _) => Bytes(LoadHalf(a, small: true)),
            ["FromSBytes"] = (a, _) => Bytes(TRung.FromSBytes(Vector128.Create<byte>(a.AsSpan(0, 16)).AsSByte())),
            ["LoadBFloat16"] = (a, _) => Bytes(LoadBFloat16(a)),
            ["StoreAsSBytes"] = (a, _) => StoreAsSBytes(a),
        };

    public override int[] NarrowDot(int correction, byte[][] lines, byte[][] quads)
        => Ints(TRung.ToInt32(Narrow(correction, lines, quads)));

    public override int[] ScaledDot(int correction, byte[][] lines, byte[][] quads, byte[] scales, bool signed, int[] total)
    {
        fixed (byte* at = scales)
        {
            var factors = signed ? TRung.LoadSignedScales((sbyte*)at) : TRung.LoadScales(at);
            return Ints(TRung.ScaleAdd(From(total), Narrow(correction, lines, quads), factors));
        }
    }

    public override int[] WideDot(int correction, byte[][] lines, byte[][] quads)
    {
        if (!TRung.HasByteDot)
            return NibbleDot(correction, lines, quads);
        var sum = TRung.StartWide(Start(correction));
        for (int i = 0; i < lines.Length; i++)
        {
            fixed (byte* quad = quads[i])
                sum = TRung.Dot(sum, TRung.WholeBytes(From(lines[i])), quad);
        }

        return Ints(sum);
    }

    public override int[] NibbleDot(int correction, byte[][] lines, byte[][] quads)
    {
        var nibble = TRung.BroadcastByte(15);
        var low = TRung.StartDot(0);
        var high = TRung.StartDot(Start(correction));
        for (int i = 0; i < lines.Length; i++)
        {
            fixed (byte* quad = quads[i])
            {
                low = TRung.Dot(low, TRung.And(From(lines[i]), nibble), quad);
                high = TRung.Dot(high, TRung.ShiftRight(From(lines[i]), 4, nibble), quad);
            }
        }

        var one = TRung.BroadcastScale(1);
        var total = TRung.ScaleAdd(From(new int[16]), low, one);
        return Ints(TRung.ScaleAdd(total, high, TRung.TimesSixteen(one)));
    }

    public override int[] PairAdd(int[] total, byte[] pairs, int sums)
    {
        fixed (byte* at = pairs)
            return Ints(TRung.PairAdd(From(total), TRung.LoadPairs(at), sums));
    }

    public override int[] AddTimesSixteen(int[] total, int[] values) => Ints(TRung.AddTimesSixteen(From(total), From(values)));

    public override IReadOnlyList<int> TileWidths(int tokens) => DispatchTests.TileWidths<TRung>(tokens);

    /// <summary>A correction pair as the rung takes it.</summary>
    private static int Start(int correction) => TRung.HasByteDot ? (short)correction + (correction >> 16) : correction;

    private static TRung Narrow(int correction, byte[][] lines, byte[][] quads)
    {
        var sum = TRung.StartDot(Start(correction));
        for (int i = 0; i < lines.Length; i++)
        {
            fixed (byte* quad = quads[i])
                sum = TRung.Dot(sum, From(lines[i]), quad);
        }

        return sum;
    }

    private static TRung From(float[] values)
    {
        fixed (float* at = values)
            return TRung.Load(at);
    }

    private static TRung From(int[] values)
    {
        fixed (int* at = values)
            return TRung.LoadLine((byte*)at);
    }

    private static TRung From(byte[] values)
    {
        fixed (byte* at = values)
            return TRung.LoadLine(at);
    }

    private static TRung LoadTable(byte[] values)
    {
        fixed (byte* at = values)
            return TRung.LoadTable(at);
    }

    private static TRung LoadHalf(byte[] values, bool small)
    {
        // Infinities and NaN are not promised; clear the top bit of their exponent.
        byte[] finite = [.. values];
        for (int i = 1; i < finite.Length; i += 2)
            finite[i] = (finite[i] & 0x7C) == 0x7C ? (byte)(finite[i] & 0xBF) : finite[i];
        fixed (byte* at = finite)
            return small ? TRung.LoadSmallHalf((ushort*)at) : TRung.LoadHalf((ushort*)at);
    }

    private static TRung LoadBFloat16(byte[] values)
    {
        fixed (byte* at = values)
            return TRung.LoadBFloat16((ushort*)at);
    }

    private static TRung Exponents(float[] values)
        => From(Array.ConvertAll(values, value => float.IsFinite(value) ? float.Clamp(MathF.Round(value), -126, 127) : 0));

    private static byte[] StoreAsSBytes(byte[] seed)
    {
        var values = new float[16];
        for (int i = 0; i < values.Length; i++)
            values[i] = (BitConverter.ToUInt32(seed, 4 * i) % 50801 / 200f) - 127;
        var stored = new sbyte[16];
        fixed (sbyte* at = stored)
            TRung.StoreAsSBytes(From(values), at);
        return Array.ConvertAll(stored, value => (byte)value);
    }

    private static float[] Floats(TRung value)
    {
        var result = new float[16];
        fixed (float* at = result)
            TRung.Store(value, at);
        return result;
    }

    private static byte[] Bytes(TRung value)
    {
        var result = new byte[64];
        fixed (byte* at = result)
            TRung.Store(value, (float*)at);
        return result;
    }

    private static int[] Ints(TRung value)
    {
        var result = new int[16];
        fixed (int* at = result)
            TRung.Store(value, (float*)at);
        return result;
    }
}
