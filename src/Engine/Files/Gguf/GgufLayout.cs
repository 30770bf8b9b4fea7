using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Gguf;

/// <summary>What reader and writer agree on: the constants of the container and the size of a tensor.</summary>
/// <remarks>
/// <code>
/// "GGUF" | u32 version | u64 tensors | u64 keys
/// per key:    string key | u32 type | value              array: u32 element type | u64 count | elements
/// per tensor: string name | u32 n | u64 dimension x n | u32 type | u64 offset
/// padding to the alignment | tensor data, each tensor at its offset from here
/// </code>
/// All little-endian; a string is a u64 length and UTF-8 bytes. Source: the GGUF specification, versions 2 and 3.
/// </remarks>
internal static class GgufLayout
{
    /// <summary>"GGUF" as a little-endian number.</summary>
    public const uint Magic = 0x46554747;

    /// <summary>"PWRI" as a little-endian number: PowerInfer's files, which are GGUF otherwise.</summary>
    public const uint PowerInferMagic = 0x49525750;
    public const uint OldestVersion = 2;
    public const uint Version = 3;
    public const string AlignmentKey = "general.alignment";
    public const uint DefaultAlignment = 32;
    public const int MaxDimensions = 4;

    /// <summary>UTF-8 bytes of a tensor's name.</summary>
    public const int MaxNameBytes = 63;

    /// <summary>Rounds up to a multiple of a power of two.</summary>
    /// <exception cref="OverflowException">The result does not fit.</exception>
    public static long Align(long offset, uint alignment) => checked(offset + alignment - 1) & -(long)alignment;

    public static bool IsAlignment(uint alignment) => BitOperations.IsPow2(alignment);

    /// <summary>A tensor's number of elements and bytes, or the fact that forbids it.</summary>
    public static bool TryMeasure(
        WeightType type, ReadOnlySpan<long> dimensions, out long elements, out long bytes, [NotNullWhen(false)] out string? problem)
    {
        elements = 1;
        bytes = 0;
        problem = null;
        if (!WeightTypeLayout.TryGet(type, out var layout))
        {
            problem = $"has type {(uint)type}, which is unknown{(IsRetired((uint)type) ? " (a type that GGUF has retired)" : "")}";
            return false;
        }

        foreach (var dimension in dimensions)
        {
            if (dimension < 0 || Math.BigMul(elements, dimension) > long.MaxValue)
            {
                problem = $"has more than 2^63 elements: {Shape(dimensions)}";
                return false;
            }

            elements *= dimension;
        }

        var row = dimensions.IsEmpty ? 1 : dimensions[0];
        if (row % layout.BlockWeights != 0)
        {
            problem = $"has rows of {row} weights, which do not divide into {type} blocks of {layout.BlockWeights}";
            return false;
        }

        var wideBytes = Math.BigMul(elements / layout.BlockWeights, (long)layout.BlockBytes);
        if (wideBytes > long.MaxValue)
        {
            problem = $"has more than 2^63 bytes: {Shape(dimensions)} {type}";
            return false;
        }

        bytes = (long)wideBytes;
        return true;
    }

    private static string Shape(ReadOnlySpan<long> dimensions) => string.Join(" x ", dimensions.ToArray().Select(d => (ulong)d));

    private static bool IsRetired(uint type) => type is 4 or 5 or (>= 31 and <= 33) or (>= 36 and <= 38);
}
