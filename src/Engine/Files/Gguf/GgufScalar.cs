using System.Buffers.Binary;
using System.Globalization;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// The fixed-size value types of GGUF: how long they are, and what their bits mean. A value travels as its little-endian bytes,
/// zero-extended to 64 bits.
/// </summary>
internal static class GgufScalar
{
    /// <summary>Bytes of a value, or zero for strings, arrays and numbers that name no type.</summary>
    public static int Size(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    public static bool IsInteger(GgufValueType type) => Size(type) > 0 && !IsFloat(type) && type != GgufValueType.Bool;

    public static bool IsFloat(GgufValueType type) => type is GgufValueType.Float32 or GgufValueType.Float64;

    public static GgufValueType TypeOf<T>()
    {
        if (typeof(T) == typeof(byte)) return GgufValueType.UInt8;
        if (typeof(T) == typeof(sbyte)) return GgufValueType.Int8;
        if (typeof(T) == typeof(ushort)) return GgufValueType.UInt16;
        if (typeof(T) == typeof(short)) return GgufValueType.Int16;
        if (typeof(T) == typeof(uint)) return GgufValueType.UInt32;
        if (typeof(T) == typeof(int)) return GgufValueType.Int32;
        if (typeof(T) == typeof(ulong)) return GgufValueType.UInt64;
        if (typeof(T) == typeof(long)) return GgufValueType.Int64;
        if (typeof(T) == typeof(float)) return GgufValueType.Float32;
        if (typeof(T) == typeof(double)) return GgufValueType.Float64;
        if (typeof(T) == typeof(bool)) return GgufValueType.Bool;
        throw new ArgumentException($"GGUF has no values of type {typeof(T).Name}.");
    }

    public static ulong ReadBits(ReadOnlySpan<byte> raw) => raw.Length switch
    {
        1 => raw[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(raw),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(raw),
    };

    /// <summary>The value of an integer type; an <see cref="Int128"/> holds them all.</summary>
    public static Int128 Integer(GgufValueType type, ulong bits) => type switch
    {
        GgufValueType.Int8 => (sbyte)bits,
        GgufValueType.Int16 => (short)bits,
        GgufValueType.Int32 => (int)bits,
        GgufValueType.Int64 => (long)bits,
        _ => bits,
    };

    /// <summary>The value of a float type.</summary>
    public static double Float(GgufValueType type, ulong bits)
        => type == GgufValueType.Float32 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits);

    public static string Text(GgufValueType type, ulong bits) => type switch
    {
        GgufValueType.Bool => bits != 0 ? "true" : "false",
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle((uint)bits).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(bits).ToString(CultureInfo.InvariantCulture),
        _ => Integer(type, bits).ToString(CultureInfo.InvariantCulture),
    };
}
