using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Isa;

/// <summary>The portable rung: 64 bytes of memory and plain loops. Slow, right, and the oracle of the others.</summary>
public unsafe struct Scalar : IRung<Scalar>
{
    private fixed byte bytes[64];

    /// <inheritdoc/>
    public static Rung Rung => Rung.Scalar;

    /// <inheritdoc/>
    public static bool IsSupported => true;

    /// <inheritdoc/>
    public static int TileTokens => 4;

    /// <inheritdoc/>
    public static int FloatTileTokens => 4;

    /// <inheritdoc/>
    public static bool HasByteDot => true;

    /// <inheritdoc/>
    public static bool Prefetches => false;

    /// <inheritdoc/>
    public static Scalar Zero => default;

    /// <inheritdoc/>
    public static Scalar Broadcast(float value)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Floats(&result)[i] = value;
        return result;
    }

    /// <inheritdoc/>
    public static Scalar Load(float* source) => *(Scalar*)source;

    /// <inheritdoc/>
    public static void Store(Scalar value, float* destination) => *(Scalar*)destination = value;

    /// <inheritdoc/>
    public static Scalar LoadHalf(ushort* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Floats(&result)[i] = Half16.ToSingle(source[i]);
        return result;
    }

    /// <inheritdoc/>
    public static Scalar LoadSmallHalf(ushort* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Ints(&result)[i] = ((short)source[i] << 13) & Half16.Bits;
        return result;
    }

    /// <inheritdoc/>
    public static Scalar LoadBFloat16(ushort* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Ints(&result)[i] = source[i] << 16;
        return result;
    }

    /// <inheritdoc/>
    public static Scalar FromSBytes(Vector128<sbyte> values)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Floats(&result)[i] = values.GetElement(i);
        return result;
    }

    /// <inheritdoc/>
    public static Scalar operator +(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] += Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar operator -(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] -= Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar operator *(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] *= Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar operator /(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] /= Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar MultiplyAdd(Scalar a, Scalar b, Scalar c)
    {
        for (int i = 0; i < 16; i++)
            Floats(&c)[i] = MathF.FusedMultiplyAdd(Floats(&a)[i], Floats(&b)[i], Floats(&c)[i]);
        return c;
    }

    /// <inheritdoc/>
    public static Scalar NegatedMultiplyAdd(Scalar a, Scalar b, Scalar c)
    {
        for (int i = 0; i < 16; i++)
            Floats(&c)[i] = MathF.FusedMultiplyAdd(-Floats(&a)[i], Floats(&b)[i], Floats(&c)[i]);
        return c;
    }

    /// <inheritdoc/>
    public static Scalar Max(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] = Floats(&left)[i] > Floats(&right)[i] ? Floats(&left)[i] : Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar Min(Scalar left, Scalar right)
    {
        for (int i = 0; i < 16; i++)
            Floats(&left)[i] = Floats(&left)[i] < Floats(&right)[i] ? Floats(&left)[i] : Floats(&right)[i];
        return left;
    }

    /// <inheritdoc/>
    public static Scalar Abs(Scalar value)
    {
        for (int i = 0; i < 16; i++)
            Floats(&value)[i] = MathF.Abs(Floats(&value)[i]);
        return value;
    }

    /// <inheritdoc/>
    public static Scalar Sqrt(Scalar value)
    {
        for (int i = 0; i < 16; i++)
            Floats(&value)[i] = MathF.Sqrt(Floats(&value)[i]);
        return value;
    }

    /// <inheritdoc/>
    public static Scalar Round(Scalar value)
    {
        for (int i = 0; i < 16; i++)
            Floats(&value)[i] = MathF.Round(Floats(&value)[i]);
        return value;
    }

    /// <inheritdoc/>
    public static Scalar PowerOfTwo(Scalar exponent)
    {
        for (int i = 0; i < 16; i++)
            Ints(&exponent)[i] = ((int)Floats(&exponent)[i] + 127) << 23;
        return exponent;
    }

    /// <inheritdoc/>
    public static Scalar SelectGreater(Scalar left, Scalar right, Scalar whenGreater, Scalar otherwise)
    {
        for (int i = 0; i < 16; i++)
            Floats(&otherwise)[i] = Floats(&left)[i] > Floats(&right)[i] ? Floats(&whenGreater)[i] : Floats(&otherwise)[i];
        return otherwise;
    }

    /// <inheritdoc/>
    public static Scalar SwapPairs(Scalar value)
    {
        for (int i = 0; i < 16; i += 2)
            (Floats(&value)[i], Floats(&value)[i + 1]) = (Floats(&value)[i + 1], Floats(&value)[i]);
        return value;
    }

    /// <inheritdoc/>
    public static float Sum(Scalar value)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                Floats(&value)[i] += Floats(&value)[i + half];
        }

        return Floats(&value)[0];
    }

    /// <inheritdoc/>
    public static float MaxLane(Scalar value)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                Floats(&value)[i] = Floats(&value)[i] > Floats(&value)[i + half] ? Floats(&value)[i] : Floats(&value)[i + half];
        }

        return Floats(&value)[0];
    }

    /// <inheritdoc/>
    public static void StoreAsSBytes(Scalar value, sbyte* destination)
    {
        for (int i = 0; i < 16; i++)
            destination[i] = (sbyte)MathF.Round(Floats(&value)[i]);
    }

    /// <inheritdoc/>
    public static void Prefetch(byte* source)
    {
    }

    /// <inheritdoc/>
    public static Scalar LoadLine(byte* source) => *(Scalar*)source;

    /// <inheritdoc/>
    public static Scalar BroadcastByte(byte value)
    {
        Unsafe.SkipInit(out Scalar result);
        new Span<byte>(&result, 64).Fill(value);
        return result;
    }

    /// <inheritdoc/>
    public static Scalar LoadTable(byte* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 64; i++)
            result.bytes[i] = source[i % 16];
        return result;
    }

    /// <inheritdoc/>
    public static Scalar Lookup(Scalar table, Scalar indices)
    {
        for (int i = 0; i < 64; i++)
            indices.bytes[i] = table.bytes[indices.bytes[i] & 15];
        return indices;
    }

    /// <inheritdoc/>
    public static Scalar And(Scalar value, Scalar mask)
    {
        for (int i = 0; i < 64; i++)
            value.bytes[i] &= mask.bytes[i];
        return value;
    }

    /// <inheritdoc/>
    public static Scalar Insert(Scalar value, Scalar bits, Scalar mask)
    {
        for (int i = 0; i < 64; i++)
            value.bytes[i] |= (byte)(bits.bytes[i] & mask.bytes[i]);
        return value;
    }

    /// <inheritdoc/>
    public static Scalar ShiftRight(Scalar value, int bits)
    {
        for (int i = 0; i < 64; i++)
            value.bytes[i] >>= bits;
        return value;
    }

    /// <inheritdoc/>
    public static Scalar ShiftLeft(Scalar value, int bits)
    {
        for (int i = 0; i < 64; i++)
            value.bytes[i] <<= bits;
        return value;
    }

    /// <inheritdoc/>
    public static Scalar StartDot(int correction) => BroadcastInt32(correction);

    /// <inheritdoc/>
    public static Scalar Dot(Scalar sum, Scalar weights, byte* activations)
    {
        var x = (sbyte*)activations;
        for (int row = 0; row < 16; row++)
        {
            byte* w = weights.bytes + (4 * row);
            Ints(&sum)[row] += (w[0] * x[0]) + (w[1] * x[1]) + (w[2] * x[2]) + (w[3] * x[3]);
        }

        return sum;
    }

    /// <inheritdoc/>
    public static Scalar ToInt32(Scalar sum) => sum;

    /// <inheritdoc/>
    public static Scalar LoadScales(byte* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Ints(&result)[i] = source[i];
        return result;
    }

    /// <inheritdoc/>
    public static Scalar LoadSignedScales(sbyte* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Ints(&result)[i] = source[i];
        return result;
    }

    /// <inheritdoc/>
    public static Scalar ScaleAdd(Scalar total, Scalar sum, Scalar scales)
    {
        for (int i = 0; i < 16; i++)
            Ints(&total)[i] += Ints(&sum)[i] * Ints(&scales)[i];
        return total;
    }

    /// <inheritdoc/>
    public static Scalar BroadcastScale(short scale) => BroadcastInt32(scale);

    /// <inheritdoc/>
    public static Scalar TimesSixteen(Scalar scales)
    {
        for (int i = 0; i < 16; i++)
            Ints(&scales)[i] *= 16;
        return scales;
    }

    /// <inheritdoc/>
    public static Scalar LoadPairs(byte* source)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 32; i++)
            ((short*)&result)[i] = (sbyte)source[i];
        return result;
    }

    /// <inheritdoc/>
    public static Scalar PairAdd(Scalar total, Scalar pairs, int sums)
    {
        for (int row = 0; row < 16; row++)
            Ints(&total)[row] += (((short*)&pairs)[2 * row] * (short)sums) + (((short*)&pairs)[(2 * row) + 1] * (sums >> 16));
        return total;
    }

    /// <inheritdoc/>
    public static Scalar AddTimesSixteen(Scalar total, Scalar values)
    {
        for (int i = 0; i < 16; i++)
            Ints(&total)[i] += 16 * Ints(&values)[i];
        return total;
    }

    /// <inheritdoc/>
    public static Scalar StartWide(int correction) => BroadcastInt32(16 * correction);

    /// <inheritdoc/>
    public static Scalar WholeBytes(Scalar biased) => biased;

    /// <inheritdoc/>
    public static Scalar ToSingle(Scalar integers)
    {
        for (int i = 0; i < 16; i++)
            Floats(&integers)[i] = Ints(&integers)[i];
        return integers;
    }

    /// <inheritdoc/>
    public static Scalar Accumulate(Scalar floats, Scalar integers, Scalar scale, float tokenScale)
        => MultiplyAdd(ToSingle(integers), scale * Broadcast(tokenScale), floats);

    /// <inheritdoc/>
    public static Scalar AccumulateNarrow(Scalar floats, Scalar sum, Scalar scale, float tokenScale)
        => MultiplyAdd(ToSingle(sum), scale * Broadcast(tokenScale), floats);

    private static Scalar BroadcastInt32(int value)
    {
        Unsafe.SkipInit(out Scalar result);
        for (int i = 0; i < 16; i++)
            Ints(&result)[i] = value;
        return result;
    }

    private static float* Floats(Scalar* value) => (float*)value;

    private static int* Ints(Scalar* value) => (int*)value;
}
