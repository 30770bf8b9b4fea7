namespace Hearth.Engine.Files.Gguf;

/// <summary>The type of a metadata value, with the numbers that GGUF files use.</summary>
public enum GgufValueType : uint
{
    /// <summary>8 bits without sign.</summary>
    UInt8 = 0,

    /// <summary>8 bits with sign.</summary>
    Int8 = 1,

    /// <summary>16 bits without sign.</summary>
    UInt16 = 2,

    /// <summary>16 bits with sign.</summary>
    Int16 = 3,

    /// <summary>32 bits without sign.</summary>
    UInt32 = 4,

    /// <summary>32 bits with sign.</summary>
    Int32 = 5,

    /// <summary>32-bit IEEE float.</summary>
    Float32 = 6,

    /// <summary>One byte: zero is false.</summary>
    Bool = 7,

    /// <summary>UTF-8 text with a length in front.</summary>
    String = 8,

    /// <summary>Values of one type with a count in front.</summary>
    Array = 9,

    /// <summary>64 bits without sign.</summary>
    UInt64 = 10,

    /// <summary>64 bits with sign.</summary>
    Int64 = 11,

    /// <summary>64-bit IEEE float.</summary>
    Float64 = 12,
}
