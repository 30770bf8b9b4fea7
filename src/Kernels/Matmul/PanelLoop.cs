using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>The loop over a panel's chunks, written once for every format, rung and tile.</summary>
internal static unsafe class PanelLoop<TRung, TFormat, TTile>
    where TRung : unmanaged, IRung<TRung>
    where TFormat : struct, IPanelKernel
    where TTile : unmanaged, ITile<TTile, TRung>
{
    /// <summary>destination[t][0..15] = panel x activations of token t, for the tile's first <paramref name="count"/> tokens.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Multiply(byte* panel, byte* activations, nint activationChunkBytes, int chunks, float* destination, nint stride, int count)
    {
        var accumulators = TTile.Zero;
        for (; chunks > 0; chunks--)
        {
            for (int at = 0; TRung.Prefetches && at < TFormat.ChunkHeaderBytes; at += 64)
                TRung.Prefetch(panel + at);
            TFormat.Multiply<TRung, TTile>(panel, activations, ref accumulators);
            panel += TFormat.ChunkBytes;
            activations += activationChunkBytes;
        }

        accumulators.Store(destination, stride, count);
    }

    /// <summary><see cref="Multiply"/> of a piece of a panel, added to what <paramref name="destination"/> has.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Add(byte* panel, byte* activations, nint activationChunkBytes, int chunks, float* destination, nint stride, int count)
    {
        var accumulators = TTile.Load(destination, stride, count);
        for (; chunks > 0; chunks--)
        {
            TFormat.Multiply<TRung, TTile>(panel, activations, ref accumulators);
            panel += TFormat.ChunkBytes;
            activations += activationChunkBytes;
        }

        accumulators.Store(destination, stride, count);
    }

    /// <summary>
    /// The same of a panel of floats and the one behind it. An output is one chain of additions, so with few tokens a single panel does nothing but
    /// wait for them; two chains wait at the same time.
    /// </summary>
    [MethodImpl(InnerLoop.Options)]
    public static void MultiplyTwo(
        byte* panel, nint panelBytes, byte* activations, nint activationChunkBytes, int chunks, float* destination, nint stride, int count)
    {
        var first = TTile.Zero;
        var second = TTile.Zero;
        for (; chunks > 0; chunks--)
        {
            TFormat.Multiply<TRung, TTile>(panel, activations, ref first);
            TFormat.Multiply<TRung, TTile>(panel + panelBytes, activations, ref second);
            panel += TFormat.ChunkBytes;
            activations += activationChunkBytes;
        }

        first.Store(destination, stride, count);
        second.Store(destination + PackedMatrix.PanelRows, stride, count);
    }

    /// <summary>Unpacks a piece of a panel for <see cref="MultiplyUnpacked"/>.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Unpack(byte* panel, byte* lines, nint chunkLineBytes, int chunks)
    {
        var recorder = default(LineRecorder<TRung>);
        for (; chunks > 0; chunks--)
        {
            for (int at = 0; TRung.Prefetches && at < TFormat.ChunkHeaderBytes; at += 64)
                TRung.Prefetch(panel + at);
            TFormat.Multiply<TRung, LineRecorder<TRung>>(panel, lines, ref recorder);
            panel += TFormat.ChunkBytes;
            lines += chunkLineBytes;
        }
    }

    /// <summary>
    /// <see cref="Multiply"/> of a piece of a panel that has been unpacked; scales are still read from <paramref name="panel"/>. A piece that
    /// <paramref name="continues"/> adds to what the piece before it has stored.
    /// </summary>
    [MethodImpl(InnerLoop.Options)]
    public static void MultiplyUnpacked(
        byte* panel, byte* lines, byte* activations, nint activationChunkBytes, int chunks, float* destination, nint stride, int count, bool continues)
    {
        var accumulators = UnpackedTile<TTile, TRung>.Of(
            continues ? TTile.Load(destination, stride, count) : TTile.Zero, lines, activations);
        for (; chunks > 0; chunks--)
        {
            TFormat.Multiply<TRung, UnpackedTile<TTile, TRung>>(panel, activations, ref accumulators);
            panel += TFormat.ChunkBytes;
            activations += activationChunkBytes;
        }

        accumulators.Store(destination, stride, count);
    }
}
