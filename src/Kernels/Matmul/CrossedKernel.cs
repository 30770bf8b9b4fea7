using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CommunityToolkit.HighPerformance.Buffers;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Q8_0 on rungs that cannot multiply full-range bytes. Few tokens take two narrow dots, of nibbles; many take crossed products:
/// <code>
/// w0 x0 + w1 x1 = (w0 + x1) (w1 + x0) - w0 w1 - x0 x1
/// </code>
/// One product in place of two, at the price of two additions, which have twice as many pipes. What is subtracted belongs to a row or to a token
/// alone, and is worked out once for all tokens or rows that it meets. (S. Winograd, A new algorithm for inner product, 1968.)
/// </summary>
/// <remarks>
/// Sums are of whole numbers and exact, so the outputs are those of every other rung. Before a panel is met, per block of 32 columns:
/// <code>
/// of 16 rows    16 float scales, then 16 x -(w0 w1 + w2 w3 + ..), of biased weights
/// of T tokens   8 x T pairs (x0, x2), T pairs (x1, x3) of 16 bits; T x -(128 (x0 + x1 + ..) + x0 x1 + x2 x3 + ..); T scales
/// </code>
/// </remarks>
internal sealed unsafe class CrossedKernel<TRung>()
    : PanelKernel(
        Q8_0.Type,
        Q8_0.BlockBytes,
        Q8_0.BlockWeights,
        Q8_0.ChunkColumns,
        Q8_0.ChunkBytes,
        Q8_0.Activations with { TileTokens = TRung.TileTokens })
    where TRung : unmanaged, IRung<TRung>
{
    // Rows are worked out anew for each piece of the tokens, so there have to be some.
    private const int FewestTiles = 4;

    // A piece stays in the second-level cache while all panels meet it.
    private const long CachedActivationBytes = 384 << 10;

    private const int BlockQuads = 8;
    private const int LineBytes = 64;
    private const int RowBlockBytes = 2 * LineBytes;
    private const int TokenBlockBytes = (2 * 32) + sizeof(int) + sizeof(float);
    private const int BlocksPerChunk = 2;
    private const int ChunkHeaderBytes = 64;
    private const int HalfScaleBytes = 32;

    private readonly PanelKernel<TRung, Q8_0> narrow = new();

    private static int Tokens => TRung.TileTokens;

    public override Arithmetic Arithmetic => Q8_0.Arithmetic;

    public override void PackPanel(byte* source, int rows, int columns, byte* panel) => narrow.PackPanel(source, rows, columns, panel);

    public override void PackChosen(byte* matrix, int* rows, int count, int next, int columns, byte* panel)
        => narrow.PackChosen(matrix, rows, count, next, columns, panel);

    public override void DecodeRow(byte* panel, int row, Span<float> weights) => narrow.DecodeRow(panel, row, weights);

    public override void Multiply(byte* panel, int panels, int columns, byte* activations, int tokens, float* destination, nint stride)
    {
        int tiles = tokens / Tokens;
        if (tiles < FewestTiles)
        {
            narrow.Multiply(panel, panels, columns, activations, tokens, destination, stride);
            return;
        }

        int chunks = Chunks(columns);
        long tileBytes = (long)chunks * BlocksPerChunk * TokenBlockBytes * Tokens;
        int piece = (int)Math.Clamp(CachedActivationBytes / tileBytes, 1, tiles);
        long rowBytes = (long)chunks * BlocksPerChunk * RowBlockBytes;
        long tokenBytes = Activations.TokenBytes(columns);
        using var scratch = SpanOwner<byte>.Allocate(checked((int)((piece * tileBytes) + rowBytes)));
        fixed (byte* crossed = scratch.Span)
        {
            byte* rows = crossed + (piece * tileBytes);
            for (int start = 0; start < tiles; start += piece)
            {
                int count = Math.Min(piece, tiles - start);
                for (int tile = 0; tile < count; tile++)
                    CrossTokens(activations + ((start + tile) * Tokens * tokenBytes), chunks * BlocksPerChunk, crossed + (tile * tileBytes));
                for (int i = 0; i < panels; i++)
                {
                    byte* weights = panel + (i * PanelBytes(columns));
                    CrossRows(weights, chunks, rows);
                    float* y = destination + (PackedMatrix.PanelRows * i) + (start * Tokens * stride);
                    for (int tile = 0; tile < count; tile++, y += Tokens * stride)
                        MultiplyTile(weights, rows, crossed + (tile * tileBytes), chunks, y, stride);
                }
            }
        }

        int rest = tokens - (tiles * Tokens);
        if (rest > 0)
        {
            nint first = (nint)tiles * Tokens;
            narrow.Multiply(panel, panels, columns, activations + (first * tokenBytes), rest, destination + (first * stride), stride);
        }
    }

    /// <summary>One tile of the shared layout (see <see cref="ActivationLayout"/>), four tokens at a time.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void CrossTokens(byte* x, int blocks, byte* crossed)
    {
        int quadBytes = sizeof(int) * Tokens;
        for (; blocks > 0; blocks--, x += (BlockQuads + 2) * quadBytes, crossed += TokenBlockBytes * Tokens)
        {
            for (int at = 0; at < quadBytes; at += Vector128<byte>.Count)
            {
                byte* from = x + at;
                byte* to = crossed + at;
                var products = Vector128<int>.Zero;
                for (int quad = 0; quad < BlockQuads; quad++, from += quadBytes, to += 2 * quadBytes)
                {
                    var values = Vector128.Load((short*)from);
                    var even = (values << 8) >> 8;
                    var odd = values >> 8;
                    even.Store((short*)to);
                    odd.Store((short*)(to + quadBytes));
                    products += Sse2.MultiplyAddAdjacent(even, odd);
                }

                // The correction pairs of the layout are -8 x sums.
                var corrections = Sse2.MultiplyAddAdjacent(Vector128.Load((short*)from), Vector128.Create((short)16));
                (corrections - products).Store((int*)to);
                Vector128.Load((float*)(from + quadBytes)).Store((float*)(to + quadBytes));
            }
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void CrossRows(byte* chunk, int chunks, byte* rows)
    {
        for (; chunks > 0; chunks--, chunk += Q8_0.ChunkBytes)
        {
            byte* line = chunk + ChunkHeaderBytes;
            TRung.Prefetch(chunk);
            for (int block = 0; block < BlocksPerChunk; block++, rows += RowBlockBytes)
            {
                var products = TRung.Zero;
                for (byte* end = line + (BlockQuads * LineBytes); line < end; line += LineBytes)
                {
                    var weights = TRung.LoadLine(line);
                    products = TRung.SubtractProducts(products, TRung.EvenBytes(weights), TRung.OddBytes(weights));
                }

                TRung.Store(TRung.LoadHalf((ushort*)(chunk + (HalfScaleBytes * block))), (float*)rows);
                TRung.Store(products, (float*)(rows + LineBytes));
            }
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void MultiplyTile(byte* chunk, byte* rows, byte* x, int chunks, float* destination, nint stride)
    {
        var low = default(CrossedFour<TRung>);
        var high = default(CrossedFour<TRung>);
        int quadBytes = sizeof(int) * Tokens;
        byte* line = chunk;
        for (; chunks > 0; chunks--)
        {
            line += ChunkHeaderBytes;
            for (int block = 0; block < BlocksPerChunk; block++, rows += RowBlockBytes, x += 2 * quadBytes)
            {
                byte* starts = x + (2 * BlockQuads * quadBytes);
                var rowStarts = TRung.Load((float*)(rows + LineBytes));
                var lowSums = default(CrossedFour<TRung>);
                var highSums = default(CrossedFour<TRung>);
                lowSums.Start(rowStarts, starts);
                if (Tokens > 4)
                    highSums.Start(rowStarts, starts + 16);
                for (; x < starts; x += 2 * quadBytes, line += LineBytes)
                {
                    var weights = TRung.Load((float*)line);
                    var even = TRung.EvenBytes(weights);
                    var odd = TRung.OddBytes(weights);
                    lowSums.Dot(even, odd, x, x + quadBytes);
                    if (Tokens > 4)
                        highSums.Dot(even, odd, x + 16, x + 16 + quadBytes);
                }

                var scale = TRung.Load((float*)rows);
                low.Accumulate(lowSums, scale, x + quadBytes);
                if (Tokens > 4)
                    high.Accumulate(highSums, scale, x + quadBytes + 16);
            }
        }

        low.Store(destination, stride);
        if (Tokens > 4)
            high.Store(destination + (4 * stride), stride);
    }
}
