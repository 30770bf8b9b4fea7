using System.Runtime.InteropServices;
using Hearth.Engine.Files;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Quantization;

/// <summary>
/// Files without any header: little-endian floats, and rows of blocks. What other programs' codecs are compared with.
/// </summary>
public static class BlockFile
{
    /// <summary>Floats of a slab; a multiple of every block's weights.</summary>
    private const int SlabWeights = 1 << 20;

    /// <summary>Turns blocks into floats.</summary>
    /// <param name="format">The blocks' type.</param>
    /// <param name="input">A file of whole blocks.</param>
    /// <param name="output">The file to write, whole or not at all.</param>
    /// <returns>The number of floats.</returns>
    /// <exception cref="InvalidModelException">The input cannot be read, or does not hold whole blocks.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static long Decode(WeightFormat format, string input, string output)
    {
        ArgumentNullException.ThrowIfNull(format);
        using var blocks = MappedFile.Open(input);
        if (blocks.Length % format.BlockBytes != 0)
        {
            throw new InvalidModelException(
                $"{input}: has {blocks.Length} bytes, which are no whole number of {format.Type} blocks of {format.BlockBytes} bytes.");
        }

        long slabBytes = format.RowBytes(SlabWeights);
        float[] weights = new float[SlabWeights];
        AtomicFile.Write(output, stream =>
        {
            for (long at = 0; at < blocks.Length; at += slabBytes)
            {
                var slab = blocks.Bytes(at, Math.Min(slabBytes, blocks.Length - at));
                var decoded = weights.AsSpan(0, slab.Length / format.BlockBytes * format.BlockWeights);
                format.Decode(slab, decoded);
                stream.Write(MemoryMarshal.AsBytes(decoded));
            }
        });
        return blocks.Length / format.BlockBytes * format.BlockWeights;
    }

    /// <summary>Turns floats into blocks, row by row.</summary>
    /// <param name="format">The blocks' type.</param>
    /// <param name="input">A file of whole rows of floats.</param>
    /// <param name="rowLength">Floats of a row, a multiple of a block's; 0 where the whole file is one.</param>
    /// <param name="importance">A file with a float for each column: how much its squared error counts; null for none.</param>
    /// <param name="output">The file to write, whole or not at all.</param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="InvalidModelException">An input cannot be read, or lengths do not fit, or the type needs importances.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static long Encode(WeightFormat format, string input, long rowLength, string? importance, string output)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfNegative(rowLength);
        using var floats = MappedFile.Open(input);
        if (floats.Length % sizeof(float) != 0)
            throw new InvalidModelException($"{input}: has {floats.Length} bytes, which are no whole number of floats of 4 bytes.");

        long count = floats.Length / sizeof(float);
        if (rowLength == 0)
            rowLength = Math.Max(count, format.BlockWeights);
        if (rowLength % format.BlockWeights != 0)
        {
            throw new InvalidModelException(
                $"{input}: rows of {rowLength} weights do not divide into {format.Type} blocks of {format.BlockWeights}.");
        }

        if (count % rowLength != 0)
            throw new InvalidModelException($"{input}: has {count} floats, which are no whole number of rows of {rowLength}.");
        if (rowLength > int.MaxValue / sizeof(float))
            throw new InvalidModelException($"{input}: rows of {rowLength} floats are too long; --row says how long they are.");

        using var columns = importance is null ? null : MappedFile.Open(importance);
        if (columns is not null && columns.Length != rowLength * sizeof(float))
        {
            throw new InvalidModelException(
                $"{importance}: has {columns.Length} bytes; {rowLength} columns need {rowLength * sizeof(float)}, a float each.");
        }

        if (format.NeedsImportance && columns is null)
            throw new InvalidModelException($"{input}: {format.Type} is not encoded without an importance for each column.");

        var weights = columns is null ? [] : MemoryMarshal.Cast<byte, float>(columns.Bytes(0, columns.Length)).ToArray();
        byte[] row = new byte[format.RowBytes(rowLength)];
        AtomicFile.Write(output, stream =>
        {
            for (long at = 0; at < floats.Length; at += rowLength * sizeof(float))
            {
                format.Encode(MemoryMarshal.Cast<byte, float>(floats.Bytes(at, rowLength * sizeof(float))), weights, row);
                stream.Write(row);
            }
        });
        return count / rowLength;
    }
}
