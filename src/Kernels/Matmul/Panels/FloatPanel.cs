using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// What the float formats share: a chunk of 8 columns, each column its 16 rows side by side; activations are floats interleaved by
/// token. Weights widen exactly and nothing is rounded but the fused multiply-adds.
/// </summary>
internal static unsafe class FloatPanel
{
    /// <summary>Columns of a chunk.</summary>
    public const int Columns = 8;

    /// <summary>Puts one row's elements in their columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow<T>(T* elements, int count, int row, T* chunk)
        where T : unmanaged
    {
        for (int column = 0; column < count; column++)
            chunk[(16 * column) + row] = elements[column];
    }

    /// <summary>Puts four rows' elements of several chunks in their columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackFour<T>(FourRows rows, int count, int row, byte* chunk)
        where T : unmanaged
    {
        nint offset = 0;
        for (chunk += row * sizeof(T); count >= Columns; count -= Columns, offset += Columns * sizeof(T), chunk += 16 * Columns * sizeof(T))
        {
            if (sizeof(T) == sizeof(ushort))
            {
                Quads.SpreadColumns(rows, offset, chunk);
            }
            else
            {
                Quads.Spread(rows, offset, 0, chunk);
                Quads.Spread(rows, offset + 16, 0, chunk + 256);
            }
        }

        for (int column = 0; column < count; column++, offset += sizeof(T), chunk += 16 * sizeof(T))
        {
            ((T*)chunk)[0] = *(T*)(rows.First + offset);
            ((T*)chunk)[1] = *(T*)(rows.Second + offset);
            ((T*)chunk)[2] = *(T*)(rows.Third + offset);
            ((T*)chunk)[3] = *(T*)(rows.Fourth + offset);
        }
    }

    /// <summary>Collects one row's elements from their columns.</summary>
    public static void UnpackRow<T>(ReadOnlySpan<T> chunk, int row, Span<T> elements)
    {
        for (int column = 0; column < Columns; column++)
            elements[column] = chunk[(16 * column) + row];
    }

    /// <summary>accumulators += column x activation, column by column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Multiply<TRung, TTile, TColumn>(byte* chunk, byte* activations, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
        where TColumn : struct, IColumn
    {
        for (byte* end = chunk + (Columns * TColumn.Bytes); chunk < end; chunk += TColumn.Bytes, activations += 4 * TTile.Tokens)
        {
            TTile.Prefetch(chunk);
            accumulators.MultiplyAdd(TTile.Unpacks ? TColumn.Load<TRung>(chunk) : default, activations, 0);
        }
    }

    /// <summary>How sixteen elements of a column become floats.</summary>
    internal interface IColumn
    {
        /// <summary>Bytes of sixteen elements.</summary>
        static abstract int Bytes { get; }

        /// <summary>Loads and widens a column.</summary>
        static abstract TRung Load<TRung>(byte* source)
            where TRung : unmanaged, IRung<TRung>;
    }
}
