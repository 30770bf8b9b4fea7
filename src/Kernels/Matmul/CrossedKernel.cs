using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CommunityToolkit.HighPerformance.Buffers;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Full-range weights (Q8_0, IQ4_NL, IQ4_XS) on rungs that cannot multiply full-range bytes. Few tokens take two narrow dots, of nibbles; many take crossed
/// products:
/// <code>
/// w0 x0 + w1 x1 = (w0 + x1) (w1 + x0) - w0 w1 - x0 x1
/// </code>
/// One product in place of two, at the price of two additions, which have twice as many pipes. What is subtracted belongs to a row or to a token
/// alone, and is worked out once for all tokens or rows that it meets. (S. Winograd, A new algorithm for inner product, 1968.)
/// </summary>
/// <remarks>
/// <para>
/// Sums are of whole numbers and exact, so the outputs are those of every other rung. Rows meet many tokens in the form of 16 bits, a piece of a panel at a
/// time; there is room in 16 bits for a group's integer scale, so w is weight x scale where groups have one, and a block of any
/// number of groups is a single sum.
/// </para>
/// Before a piece of a panel is met, per block:
/// <code>
/// of 16 rows    16 float scales, then 16 x -(w0 w1 + w2 w3 + ..), then per quad 16 x (w0, w2) and 16 x (w1, w3), of 16 bits
/// of T tokens   per quad T x (x0, x2) and T x (x1, x3) of 16 bits; T x -(x0 x1 + x2 x3 + ..); T scales
/// </code>
/// </remarks>
internal sealed unsafe class CrossedKernel<TRung, TFormat>()
    : PanelKernel(
        TFormat.Type,
        TFormat.BlockBytes,
        TFormat.BlockWeights,
        TFormat.ChunkColumns,
        TFormat.ChunkBytes,
        TFormat.Activations.For<TRung>(TRung.TileTokens))
    where TRung : unmanaged, IRung<TRung>
    where TFormat : struct, IPanelKernel
{
    // Rows are worked out anew for each piece of the tokens, so there have to be some.
    private const int FewestTiles = 2;

    // A piece of the tokens stays in the second-level cache while all panels meet it.
    private const long CachedActivationBytes = 512 << 10;

    // A piece of a panel stays in the first-level cache (32 KB and more) beside a tile's activations.
    private const int PieceBytes = 20 << 10;

    private const int LineBytes = 64;
    private const int GroupQuads = 8;
    private const int RowHeaderBytes = 2 * LineBytes;

    // Fields that are read before an inner loop is compiled are constants in it, at no cost of its room for callees.
    private static readonly int BlockColumns = TFormat.Activations.BlockColumns;
    private static readonly int GroupsPerBlock = BlockColumns / (4 * GroupQuads);
    private static readonly int BlocksPerChunk = TFormat.ChunkColumns / BlockColumns;
    private static readonly int QuadBytes = sizeof(int) * TRung.TileTokens;
    private static readonly int TokenBlockBytes = (2 * BlockColumns) + sizeof(int) + sizeof(float);
    private static readonly int RowBlockBytes = RowHeaderBytes + (2 * PackedMatrix.PanelRows * BlockColumns);

    // A chunk as the recorder leaves it: per group its lines and a line of scales, then a line of float scales.
    private static readonly int RecordedBytes = BlocksPerChunk * ((GroupsPerBlock * (GroupQuads + 1)) + 1) * LineBytes;

    private readonly PanelKernel<TRung, TFormat> narrow = new();

    private static int Tokens => TRung.TileTokens;

    public override Arithmetic Arithmetic => TFormat.Arithmetic;

    public override void PackPanel(byte* source, int rows, int columns, byte* panel) => narrow.PackPanel(source, rows, columns, panel);

    public override void PackChosen(byte* matrix, int* rows, int count, int next, int columns, byte* panel)
        => narrow.PackChosen(matrix, rows, count, next, columns, panel);

    public override void DecodeRow(byte* panel, int row, Span<float> weights) => narrow.DecodeRow(panel, row, weights);

    [SkipLocalsInit]
    public override void Multiply(byte* panel, int panels, int columns, byte* activations, int tokens, float* destination, nint stride)
    {
        int tiles = tokens / Tokens;
        if (tiles < FewestTiles)
        {
            narrow.Multiply(panel, panels, columns, activations, tokens, destination, stride);
            return;
        }

        int blocks = Chunks(columns) * BlocksPerChunk;
        long tileBytes = (long)blocks * TokenBlockBytes * Tokens;
        long tokenBytes = Activations.TokenBytes(columns);
        int pieces = (int)Math.Min(tiles, ((tiles * tileBytes) + CachedActivationBytes - 1) / CachedActivationBytes);
        int piece = (tiles + pieces - 1) / pieces;
        using var scratch = SpanOwner<byte>.Allocate(checked((int)(piece * tileBytes)));
        fixed (byte* crossed = scratch.Span)
        {
            for (int start = 0; start < tiles; start += piece)
            {
                int count = Math.Min(piece, tiles - start);
                for (int tile = 0; tile < count; tile++)
                    CrossTokens(activations + ((start + tile) * Tokens * tokenBytes), blocks, crossed + (tile * tileBytes));
                float* y = destination + (start * Tokens * stride);
                for (int i = 0; i < panels; i++, y += PackedMatrix.PanelRows)
                    MultiplyPanel(panel + (i * PanelBytes(columns)), Chunks(columns), crossed, (nint)tileBytes, count, y, stride);
            }
        }

        int rest = tokens - (tiles * Tokens);
        if (rest > 0)
        {
            nint first = (nint)tiles * Tokens;
            narrow.Multiply(panel, panels, columns, activations + (first * tokenBytes), rest, destination + (first * stride), stride);
        }
    }

    [SkipLocalsInit]
    private static void MultiplyPanel(byte* panel, int chunks, byte* crossed, nint tileBytes, int tiles, float* destination, nint stride)
    {
        byte* memory = stackalloc byte[PieceBytes + RecordedBytes + LineBytes];
        byte* rows = (byte*)(((nint)memory + (LineBytes - 1)) & -LineBytes);
        int pieceChunks = PieceBytes / (BlocksPerChunk * RowBlockBytes);
        for (int at = 0; at < chunks; at += pieceChunks, crossed += pieceChunks * BlocksPerChunk * TokenBlockBytes * Tokens)
        {
            int count = Math.Min(pieceChunks, chunks - at);
            CrossRows(panel + ((nint)at * TFormat.ChunkBytes), count, rows + PieceBytes, rows);
            float* y = destination;
            for (int tile = 0; tile < tiles; tile++, y += Tokens * stride)
                MultiplyTile(rows, crossed + (tile * tileBytes), count * BlocksPerChunk, y, stride, at > 0);
        }
    }

    /// <summary>One tile of the shared layout (see <see cref="ActivationLayout"/>), four tokens at a time.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void CrossTokens(byte* x, int blocks, byte* crossed)
    {
        // The shared layout has a line of corrections behind each group; here they are not needed.
        int activationBlockBytes = ((GroupsPerBlock * (GroupQuads + 1)) + 1) * QuadBytes;
        for (; blocks > 0; blocks--, x += activationBlockBytes, crossed += TokenBlockBytes * Tokens)
        {
            for (int at = 0; at < QuadBytes; at += Vector128<byte>.Count)
            {
                byte* from = x + at;
                byte* to = crossed + at;
                var products = Vector128<int>.Zero;
                for (int group = 0; group < GroupsPerBlock; group++, from += QuadBytes)
                {
                    for (int quad = 0; quad < GroupQuads; quad++, from += QuadBytes, to += 2 * QuadBytes)
                    {
                        var values = Vector128.Load((short*)from);
                        var even = (values << 8) >> 8;
                        var odd = values >> 8;
                        even.Store((short*)to);
                        odd.Store((short*)(to + QuadBytes));
                        products += Sse2.MultiplyAddAdjacent(even, odd);
                    }
                }

                (-products).Store((int*)to);
                Vector128.Load((float*)from).Store((float*)(to + QuadBytes));
            }
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void CrossRows(byte* chunk, int chunks, byte* recorded, byte* rows)
    {
        var recorder = default(WideRecorder<TRung>);
        for (; chunks > 0; chunks--, chunk += TFormat.ChunkBytes)
        {
            for (int at = 0; at < TFormat.ChunkHeaderBytes; at += LineBytes)
                TRung.Prefetch(chunk + at);
            TFormat.Multiply<TRung, WideRecorder<TRung>>(chunk, recorded, ref recorder);
            byte* line = recorded;
            for (int block = 0; block < BlocksPerChunk; block++, line += LineBytes)
            {
                byte* header = rows;
                rows += RowHeaderBytes;
                var starts = TRung.Zero;
                for (int group = 0; group < GroupsPerBlock; group++, line += LineBytes)
                {
                    byte* end = line + (GroupQuads * LineBytes);
                    var scales = GroupsPerBlock > 1 ? TRung.Load((float*)end) : default;
                    for (; line < end; line += LineBytes, rows += 2 * LineBytes)
                    {
                        var bytes = TRung.Load((float*)line);
                        var even = TRung.EvenBytes(bytes);
                        var odd = TRung.OddBytes(bytes);
                        if (GroupsPerBlock > 1)
                        {
                            even = TRung.TimesScales(even, scales);
                            odd = TRung.TimesScales(odd, scales);
                        }

                        TRung.Store(even, (float*)rows);
                        TRung.Store(odd, (float*)(rows + LineBytes));
                        starts = TRung.SubtractProducts(starts, even, odd);
                    }
                }

                TRung.Store(TRung.Load((float*)line), (float*)header);
                TRung.Store(starts, (float*)(header + LineBytes));
            }
        }
    }

    /// <summary>A piece that <paramref name="continues"/> adds to what the piece before it has stored.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void MultiplyTile(byte* rows, byte* x, int blocks, float* destination, nint stride, bool continues)
    {
        var low = default(CrossedFour<TRung>);
        var high = default(CrossedFour<TRung>);
        if (continues)
        {
            low.Load(destination, stride);
            if (Tokens > 4)
                high.Load(destination + (4 * stride), stride);
        }

        for (; blocks > 0; blocks--, x += 2 * QuadBytes)
        {
            byte* header = rows;
            rows += RowHeaderBytes;
            byte* starts = x + (2 * QuadBytes * GroupQuads * GroupsPerBlock);
            var rowStarts = TRung.Load((float*)(header + LineBytes));
            var lowSums = default(CrossedFour<TRung>);
            var highSums = default(CrossedFour<TRung>);
            lowSums.Start(rowStarts, starts);
            if (Tokens > 4)
                highSums.Start(rowStarts, starts + 16);
            for (; x < starts; x += 2 * QuadBytes, rows += 2 * LineBytes)
            {
                var even = TRung.Load((float*)rows);
                var odd = TRung.Load((float*)(rows + LineBytes));
                lowSums.Dot(even, odd, x, x + QuadBytes);
                if (Tokens > 4)
                    highSums.Dot(even, odd, x + 16, x + 16 + QuadBytes);
            }

            var scale = TRung.Load((float*)header);
            low.Accumulate(lowSums, scale, x + QuadBytes);
            if (Tokens > 4)
                high.Accumulate(highSums, scale, x + QuadBytes + 16);
        }

        low.Store(destination, stride);
        if (Tokens > 4)
            high.Store(destination + (4 * stride), stride);
    }
}
