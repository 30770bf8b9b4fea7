using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Probing;
using Hearth.Kernels.Sparse;

namespace Hearth.Kernels.Matmul;

/// <summary>One block type on one rung: packing its panels and multiplying with them.</summary>
public abstract unsafe class PanelKernel
{
    private protected PanelKernel(WeightType type, int blockBytes, int blockWeights, int chunkColumns, int chunkBytes, ActivationLayout activations)
    {
        Type = type;
        BlockBytes = blockBytes;
        BlockWeights = blockWeights;
        ChunkColumns = chunkColumns;
        ChunkBytes = chunkBytes;
        Activations = activations;
    }

    /// <summary>The block type.</summary>
    public WeightType Type { get; }

    /// <summary>The form in which activations meet it.</summary>
    public ActivationLayout Activations { get; }

    /// <summary>The multiply-adds of its products: what their speed is measured against.</summary>
    public abstract Arithmetic Arithmetic { get; }

    /// <summary>Bytes of one block in files.</summary>
    public int BlockBytes { get; }

    /// <summary>Weights of one block.</summary>
    public int BlockWeights { get; }

    /// <summary>Columns of one chunk of a panel.</summary>
    public int ChunkColumns { get; }

    /// <summary>Bytes of one chunk of a panel.</summary>
    public int ChunkBytes { get; }

    /// <summary>Bits of one weight in panels, scales included.</summary>
    public double BitsPerWeight => 8.0 * ChunkBytes / (PackedMatrix.PanelRows * ChunkColumns);

    /// <summary>Whether a weight takes markedly more bits in panels than in files, by more than a tenth.</summary>
    public bool IsExpanded => BitsPerWeight > 1.1 * 8 * BlockBytes / BlockWeights;

    /// <summary>Chunks of one panel.</summary>
    public int Chunks(int columns) => (columns + ChunkColumns - 1) / ChunkColumns;

    /// <summary>Bytes of one panel of 16 rows.</summary>
    public long PanelBytes(int columns) => (long)Chunks(columns) * ChunkBytes;

    /// <summary>Packs one panel.</summary>
    /// <param name="source">The first row's blocks, rows one after another.</param>
    /// <param name="rows">Rows that exist, 1 to 16.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="panel">Receives <see cref="PanelBytes"/> bytes.</param>
    public abstract void PackPanel(byte* source, int rows, int columns, byte* panel);

    /// <summary>Packs one panel of rows that are chosen, and asks for those that come next.</summary>
    /// <param name="matrix">The matrix's rows, one after another.</param>
    /// <param name="rows">Which rows: <paramref name="count"/>, then <paramref name="next"/>.</param>
    /// <param name="count">Rows of this panel, 1 to 16. The last one takes the place of those that are not there.</param>
    /// <param name="next">Rows of the next panel, 0 to 16.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="panel">Receives <see cref="PanelBytes"/> bytes.</param>
    public abstract void PackChosen(byte* matrix, int* rows, int count, int next, int columns, byte* panel);

    /// <summary>Reads a row of a panel back as floats.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="row">Row within it, 0 to 15.</param>
    /// <param name="weights">Receives the row's columns.</param>
    public abstract void DecodeRow(byte* panel, int row, Span<float> weights);

    /// <summary>destination[t][r] = row r x activations of token t, for a range of panels and all tokens.</summary>
    /// <param name="panel">The first panel.</param>
    /// <param name="panels">How many.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="activations">Packed by <see cref="KernelSet.PackActivations"/> for the same layout, tokens and columns.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="destination">The first token's output of the first panel's first row.</param>
    /// <param name="stride">Floats from one token's output to the next; each has room for 16 floats per panel.</param>
    public abstract void Multiply(byte* panel, int panels, int columns, byte* activations, int tokens, float* destination, nint stride);
}

/// <inheritdoc/>
internal sealed unsafe class PanelKernel<TRung, TFormat>()
    : PanelKernel(
        TFormat.Type,
        TFormat.BlockBytes,
        TFormat.BlockWeights,
        TFormat.ChunkColumns,
        TFormat.ChunkBytes,
        TFormat.Activations.For<TRung>(TileTokens))
    where TRung : unmanaged, IRung<TRung>
    where TFormat : struct, IPanelKernel
{
    // A panel meets this much of the activations before the next panel comes: a quarter to a half of the second-level cache of
    // today's cores.
    private const long CachedActivationBytes = 256 << 10;

    // The more tiles a panel meets, the less often it is unpacked.
    private const long UnpackedActivationBytes = 512 << 10;

    // Lines of a piece of a panel stay in the first-level cache (32 KB and more) beside a tile's activations.
    private const int UnpackedBytes = 20 << 10;

    // Unpacking costs less than meeting one tile does.
    private const int FewestUnpackedTiles = 2;

    private static readonly int TileTokens = TFormat.Activations.IsFloat ? TRung.FloatTileTokens : TRung.TileTokens;

    public override Arithmetic Arithmetic => TFormat.Arithmetic;

    [MethodImpl(InnerLoop.Options)]
    public override void PackPanel(byte* source, int rows, int columns, byte* panel)
    {
        int blocks = columns / BlockWeights;
        int chunkBlocks = ChunkColumns / BlockWeights;
        long rowBytes = (long)blocks * BlockBytes;
        for (int first = 0; first < blocks; first += chunkBlocks, panel += ChunkBytes, source += (nint)chunkBlocks * BlockBytes)
        {
            int count = Math.Min(chunkBlocks, blocks - first);
            if (rows < PackedMatrix.PanelRows || count < chunkBlocks)
                new Span<byte>(panel, ChunkBytes).Clear();
            for (int row = 0; row < rows; row++)
                TFormat.PackRow(source + (row * rowBytes), count, row, panel);
        }
    }

    public override void PackChosen(byte* matrix, int* rows, int count, int next, int columns, byte* panel)
        => ChosenPanel<TRung, TFormat>.Pack(matrix, rows, count, next, columns, panel);

    public override void DecodeRow(byte* panel, int row, Span<float> weights)
    {
        Span<float> rest = stackalloc float[TFormat.ChunkColumns];
        for (int at = 0; at < weights.Length; at += ChunkColumns, panel += ChunkBytes)
        {
            var chunk = new ReadOnlySpan<byte>(panel, ChunkBytes);
            if (at + ChunkColumns <= weights.Length)
            {
                TFormat.DecodeRow(chunk, row, weights.Slice(at, ChunkColumns));
            }
            else
            {
                TFormat.DecodeRow(chunk, row, rest);
                rest[..(weights.Length - at)].CopyTo(weights[at..]);
            }
        }
    }

    public override void Multiply(byte* panel, int panels, int columns, byte* activations, int tokens, float* destination, nint stride)
    {
        var tiles = new TokenTiles(tokens, TileTokens);
        int chunks = Chunks(columns);
        long panelBytes = PanelBytes(columns);
        long tokenBytes = Activations.TokenBytes(columns);
        bool unpacksAhead = TRung.UnpacksAhead && TFormat.IsCostlyToUnpack(TileTokens);
        long blockBytes = unpacksAhead ? UnpackedActivationBytes : CachedActivationBytes;
        int tilesPerBlock = (int)Math.Max(1, blockBytes / (tokenBytes * TileTokens));
        int paired = TFormat.Activations.IsFloat && tiles.PaddedTokens <= 2 ? panels & ~1 : 0;
        for (int i = 0; i < paired; i += 2)
        {
            MultiplyPair(
                tiles.PaddedTokens,
                panel + (i * panelBytes),
                (nint)panelBytes,
                activations,
                (nint)(tokenBytes / chunks),
                chunks,
                destination + (16 * i),
                stride,
                tokens);
        }

        for (int start = 0; start < tiles.Count; start += tilesPerBlock)
        {
            int end = Math.Min(start + tilesPerBlock, tiles.Count);
            if (unpacksAhead && end - start >= FewestUnpackedTiles)
            {
                MultiplyUnpacked(panel, panels, columns, activations, tiles, start, end, destination, stride);
                continue;
            }

            for (int i = paired; i < panels; i++)
            {
                for (int tile = start; tile < end; tile++)
                {
                    int first = tiles.First(tile);
                    MultiplyTile(
                        tiles.Width(tile),
                        panel + (i * panelBytes),
                        activations + (first * tokenBytes),
                        (nint)(tokenBytes / chunks),
                        chunks,
                        destination + (16 * i) + (first * stride),
                        stride,
                        tiles.Present(tile));
                }
            }
        }

        if (TFormat.OutputFactor != 1)
            Scale(destination, panels, tokens, stride);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Scale(float* y, int panels, int tokens, nint stride)
    {
        var factor = TRung.Broadcast(TFormat.OutputFactor);
        for (; tokens > 0; tokens--, y += stride)
        {
            for (int i = 0; i < PackedMatrix.PanelRows * panels; i += PackedMatrix.PanelRows)
                TRung.Store(TRung.Load(y + i) * factor, y + i);
        }
    }

    /// <summary>
    /// Unpacks each panel once, piece by piece, for all tiles from <paramref name="start"/> to <paramref name="end"/>. Pieces follow one another in the order of
    /// columns and add to what the piece before has stored, so that the sums are those of a panel that is met whole.
    /// </summary>
    [SkipLocalsInit]
    private void MultiplyUnpacked(
        byte* panel, int panels, int columns, byte* activations, TokenTiles tiles, int start, int end, float* destination, nint stride)
    {
        const int LineBytes = 64;
        byte* memory = stackalloc byte[UnpackedBytes + LineBytes];
        byte* lines = (byte*)(((nint)memory + (LineBytes - 1)) & -LineBytes);
        int chunks = Chunks(columns);
        long tokenBytes = Activations.TokenBytes(columns);
        var chunkTokenBytes = (nint)(tokenBytes / chunks);
        nint chunkLineBytes = LineRecorder<TRung>.Tokens * chunkTokenBytes;
        int pieceChunks = (int)(UnpackedBytes / chunkLineBytes);
        for (int i = 0; i < panels; i++)
        {
            for (int at = 0; at < chunks; at += pieceChunks)
            {
                int count = Math.Min(pieceChunks, chunks - at);
                byte* piece = panel + (i * PanelBytes(columns)) + ((nint)at * ChunkBytes);
                int left = (i + 1 < panels ? 2 * chunks : chunks) - at - count;
                var ahead = new LinesAhead<TRung>(piece + ((nint)count * ChunkBytes), (nint)Math.Min(left, pieceChunks) * ChunkBytes, end - start);
                PanelLoop<TRung, TFormat, Tile1<TRung>>.Unpack(piece, lines, chunkLineBytes, count);
                for (int tile = start; tile < end; tile++)
                {
                    int first = tiles.First(tile);
                    ahead.Ask(tile - start);
                    MultiplyUnpackedTile(
                        tiles.Width(tile),
                        piece,
                        lines,
                        activations + (first * tokenBytes) + (at * tiles.Width(tile) * chunkTokenBytes),
                        chunkTokenBytes,
                        count,
                        destination + (16 * i) + (first * stride),
                        stride,
                        tiles.Present(tile),
                        at > 0);
                }
            }
        }
    }

    private static void MultiplyPair(
        int width, byte* panel, nint panelBytes, byte* x, nint chunkTokenBytes, int chunks, float* y, nint stride, int present)
    {
        if (width == 1)
            PanelLoop<TRung, TFormat, Tile1<TRung>>.MultiplyTwo(panel, panelBytes, x, chunkTokenBytes, chunks, y, stride, present);
        else
            PanelLoop<TRung, TFormat, TilePair<Tile1<TRung>, TRung>>
                .MultiplyTwo(panel, panelBytes, x, 2 * chunkTokenBytes, chunks, y, stride, present);
    }

    private static void MultiplyTile(int width, byte* panel, byte* x, nint chunkTokenBytes, int chunks, float* y, nint stride, int present)
    {
        switch (width)
        {
            case 1:
                PanelLoop<TRung, TFormat, Tile1<TRung>>.Multiply(panel, x, chunkTokenBytes, chunks, y, stride, present);
                break;
            case 2:
                PanelLoop<TRung, TFormat, TilePair<Tile1<TRung>, TRung>>
                    .Multiply(panel, x, 2 * chunkTokenBytes, chunks, y, stride, present);
                break;
            case 4:
                PanelLoop<TRung, TFormat, Tile4<TRung>>.Multiply(panel, x, 4 * chunkTokenBytes, chunks, y, stride, present);
                break;
            case 8:
                PanelLoop<TRung, TFormat, TilePair<Tile4<TRung>, TRung>>
                    .Multiply(panel, x, 8 * chunkTokenBytes, chunks, y, stride, present);
                break;
            default:
                PanelLoop<TRung, TFormat, TilePair<TilePair<Tile4<TRung>, TRung>, TRung>>
                    .Multiply(panel, x, 16 * chunkTokenBytes, chunks, y, stride, present);
                break;
        }
    }

    private static void MultiplyUnpackedTile(
        int width,
        byte* panel,
        byte* lines,
        byte* x,
        nint chunkTokenBytes,
        int chunks,
        float* y,
        nint stride,
        int present,
        bool continues)
    {
        switch (width)
        {
            case 1:
                PanelLoop<TRung, TFormat, Tile1<TRung>>
                    .MultiplyUnpacked(panel, lines, x, chunkTokenBytes, chunks, y, stride, present, continues);
                break;
            case 2:
                PanelLoop<TRung, TFormat, TilePair<Tile1<TRung>, TRung>>
                    .MultiplyUnpacked(panel, lines, x, 2 * chunkTokenBytes, chunks, y, stride, present, continues);
                break;
            case 4:
                PanelLoop<TRung, TFormat, Tile4<TRung>>
                    .MultiplyUnpacked(panel, lines, x, 4 * chunkTokenBytes, chunks, y, stride, present, continues);
                break;
            case 8:
                PanelLoop<TRung, TFormat, TilePair<Tile4<TRung>, TRung>>
                    .MultiplyUnpacked(panel, lines, x, 8 * chunkTokenBytes, chunks, y, stride, present, continues);
                break;
            default:
                PanelLoop<TRung, TFormat, TilePair<TilePair<Tile4<TRung>, TRung>, TRung>>
                    .MultiplyUnpacked(panel, lines, x, 16 * chunkTokenBytes, chunks, y, stride, present, continues);
                break;
        }
    }
}
