using System.Numerics;
using System.Runtime.InteropServices;

namespace Hearth.Engine.Files.Gguf;

/// <summary>A metadata value: its type and what it holds. Immutable and thread-safe.</summary>
/// <remarks>
/// Arrays of a file stay in the file until they are asked for, so they can be read until the file is disposed.
/// </remarks>
public sealed class GgufValue
{
    private readonly ulong bits;
    private readonly string? text;
    private readonly GgufStringArray? strings;
    private readonly byte[]? elements;
    private readonly MappedFile? map;
    private readonly long offset;

    private GgufValue(GgufValueType type, ulong bits)
    {
        Type = ElementType = type;
        Count = 1;
        this.bits = bits;
    }

    private GgufValue(string text)
    {
        Type = ElementType = GgufValueType.String;
        Count = 1;
        this.text = text;
    }

    private GgufValue(GgufStringArray strings)
    {
        Type = GgufValueType.Array;
        ElementType = GgufValueType.String;
        Count = strings.Count;
        this.strings = strings;
    }

    private GgufValue(GgufValueType elementType, int count, byte[]? elements, MappedFile? map, long offset)
    {
        Type = GgufValueType.Array;
        ElementType = elementType;
        Count = count;
        this.elements = elements;
        this.map = map;
        this.offset = offset;
    }

    /// <summary>The value's type.</summary>
    public GgufValueType Type { get; }

    /// <summary>The type of an array's elements; the value's own type where it is no array.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Elements of an array; one where it is no array.</summary>
    public int Count { get; }

    /// <summary>Whether it is an array.</summary>
    public bool IsArray => Type == GgufValueType.Array;

    /// <summary>The text of a string; null where it is no string.</summary>
    internal string? Text => text;

    /// <summary>The strings of a string array; null where it is none.</summary>
    internal GgufStringArray? Strings => strings;

    /// <summary>The bits of a number or Boolean that is no array.</summary>
    internal ulong Bits => bits;

    /// <summary>An array of numbers or Booleans as little-endian bytes.</summary>
    internal ReadOnlySpan<byte> ElementBytes
        => map is null ? elements : map.Bytes(offset, (long)Count * GgufScalar.Size(ElementType));

    /// <summary>A value of type UInt8.</summary>
    public static implicit operator GgufValue(byte value) => new(GgufValueType.UInt8, value);

    /// <summary>A value of type Int8.</summary>
    public static implicit operator GgufValue(sbyte value) => new(GgufValueType.Int8, (byte)value);

    /// <summary>A value of type UInt16.</summary>
    public static implicit operator GgufValue(ushort value) => new(GgufValueType.UInt16, value);

    /// <summary>A value of type Int16.</summary>
    public static implicit operator GgufValue(short value) => new(GgufValueType.Int16, (ushort)value);

    /// <summary>A value of type UInt32: what GGUF uses for nearly all counts.</summary>
    public static implicit operator GgufValue(uint value) => new(GgufValueType.UInt32, value);

    /// <summary>A value of type Int32.</summary>
    public static implicit operator GgufValue(int value) => new(GgufValueType.Int32, (uint)value);

    /// <summary>A value of type UInt64.</summary>
    public static implicit operator GgufValue(ulong value) => new(GgufValueType.UInt64, value);

    /// <summary>A value of type Int64.</summary>
    public static implicit operator GgufValue(long value) => new(GgufValueType.Int64, (ulong)value);

    /// <summary>A value of type Float32.</summary>
    public static implicit operator GgufValue(float value) => new(GgufValueType.Float32, BitConverter.SingleToUInt32Bits(value));

    /// <summary>A value of type Float64.</summary>
    public static implicit operator GgufValue(double value) => new(GgufValueType.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A value of type Bool.</summary>
    public static implicit operator GgufValue(bool value) => new(GgufValueType.Bool, value ? 1u : 0u);

    /// <summary>A value of type String.</summary>
    public static implicit operator GgufValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A value of type Array of strings; the elements are copied.</summary>
    public static GgufValue ArrayOf(ReadOnlySpan<string> values)
    {
        foreach (var value in values)
            ArgumentNullException.ThrowIfNull(value, nameof(values));
        return new(new GgufStringArray(values.ToArray()));
    }

    /// <summary>A value of type Array; the elements are copied.</summary>
    /// <typeparam name="T">An integer type of 8 to 64 bits, <see cref="float"/>, <see cref="double"/> or <see cref="bool"/>.</typeparam>
    /// <exception cref="ArgumentException">GGUF has no values of that type.</exception>
    public static GgufValue ArrayOf<T>(ReadOnlySpan<T> values)
        where T : unmanaged
        => new(GgufScalar.TypeOf<T>(), values.Length, MemoryMarshal.AsBytes(values).ToArray(), null, 0);

    /// <summary>Text for people: the value, or an array's first elements, count and type.</summary>
    public override string ToString()
    {
        if (!IsArray)
            return text ?? GgufScalar.Text(Type, bits);

        const int shown = 4;
        var first = new List<string>(shown);
        for (var i = 0; i < Math.Min(shown, Count); i++)
            first.Add(strings is not null ? strings[i] : GgufScalar.Text(ElementType, ElementBits(i)));
        if (Count > shown)
            first.Add("...");
        return $"[{string.Join(", ", first)}] ({Count} x {ElementType})";
    }

    internal static GgufValue OfBits(GgufValueType type, ulong bits) => new(type, bits);

    internal static GgufValue OfFile(GgufStringArray strings) => new(strings);

    internal static GgufValue OfFile(GgufValueType elementType, int count, MappedFile map, long offset)
        => new(elementType, count, null, map, offset);

    /// <summary>What a message calls the value's type.</summary>
    internal string Describe() => IsArray ? $"an array of {Count} {ElementType} values" : $"of type {Type}";

    /// <summary>The value of an integer of any width.</summary>
    internal bool TryGetInteger(out Int128 value)
    {
        value = GgufScalar.Integer(Type, bits);
        return GgufScalar.IsInteger(Type);
    }

    /// <summary>The value of a float of either width.</summary>
    internal bool TryGetFloat(out double value)
    {
        value = GgufScalar.IsFloat(Type) ? GgufScalar.Float(Type, bits) : 0;
        return GgufScalar.IsFloat(Type);
    }

    /// <summary>The elements of an integer array, converted.</summary>
    /// <exception cref="OverflowException">An element does not fit in <typeparamref name="T"/>.</exception>
    internal T[] ToIntegers<T>()
        where T : unmanaged, IBinaryInteger<T>
    {
        var result = new T[Count];
        if (GgufScalar.TypeOf<T>() == ElementType)
            ElementBytes.CopyTo(MemoryMarshal.AsBytes(result.AsSpan()));
        else
            for (var i = 0; i < result.Length; i++)
                result[i] = T.CreateChecked(GgufScalar.Integer(ElementType, ElementBits(i)));
        return result;
    }

    /// <summary>The elements of a float array, rounded to single precision.</summary>
    internal float[] ToSingles()
    {
        var result = new float[Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = (float)GgufScalar.Float(ElementType, ElementBits(i));
        return result;
    }

    /// <summary>The elements of an array of Booleans.</summary>
    internal bool[] ToBooleans()
    {
        var result = new bool[Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = ElementBits(i) != 0;
        return result;
    }

    private ulong ElementBits(int index)
    {
        var size = GgufScalar.Size(ElementType);
        return GgufScalar.ReadBits(ElementBytes.Slice(index * size, size));
    }
}
