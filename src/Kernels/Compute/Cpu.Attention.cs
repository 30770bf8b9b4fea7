using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Compute;

/// <content>Rotary embedding, the KV cache, attention.</content>
public sealed unsafe partial class Cpu
{
    /// <summary>Turns 2 x cosines.Width values of each head by each row's angles, in place.</summary>
    /// <param name="heads">[n, heads x headLength].</param>
    /// <param name="headLength">Values of a head.</param>
    /// <param name="style">Which values of a head form pairs.</param>
    /// <param name="cosines">[n, pairs].</param>
    /// <param name="sines">[n, pairs].</param>
    /// <param name="start">The first of the values within a head.</param>
    public void Rotate(Rows heads, int headLength, RotaryStyle style, Rows cosines, Rows sines, int start = 0)
        => ForEach(new RotateOperation(heads, headLength, style, cosines, sines, start), heads.Count, 4 * heads.Width);

    /// <summary>Writes keys and values of a layer into the pages of their sequences.</summary>
    /// <param name="pages">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="spans">Which rows belong to which sequence and position.</param>
    /// <param name="keys">[n, KV heads x key length].</param>
    /// <param name="values">[n, KV heads x value length].</param>
    public void Store(KvPages pages, int layer, ReadOnlySpan<AttentionSpan> spans, Rows keys, Rows values)
    {
        if (IsMeasuring)
            return;
        foreach (ref readonly var span in spans)
        {
            var region = new StoreRegion(Kernels.Attention, pages, layer, span, keys, values, Math.Min(span.Count, 4 * Pool.Threads));
            Pool.Run(ref region, region.Chunks);
        }
    }

    /// <summary>Attention of every row to its sequence's pages.</summary>
    /// <param name="settings">What this layer's attention does.</param>
    /// <param name="pages">The cache, which already holds the rows' own keys and values.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="spans">Which rows belong to which sequence and position.</param>
    /// <param name="queries">[n, heads x key length].</param>
    /// <param name="outputs">[n, heads x value length].</param>
    public void Attend(
        AttentionSettings settings,
        KvPages pages,
        int layer,
        ReadOnlySpan<AttentionSpan> spans,
        Rows queries,
        Rows outputs)
    {
        using var scope = Scope();
        var tasks = (AttentionTask*)Arena.Rent((long)spans.Length * sizeof(AttentionTask)).Pointer;
        var shape = pages.Layer(layer);
        int longest = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            ref readonly var span = ref spans[i];
            int keyCount = span.FirstPosition + span.Count;
            longest = Math.Max(longest, keyCount);
            int pageCount = (keyCount + KvHeadShape.PagePositions - 1) / KvHeadShape.PagePositions;
            var table = (byte**)Arena.Rent((long)pageCount * sizeof(byte*)).Pointer;
            if (IsMeasuring)
                continue;
            for (int page = 0; page < pageCount; page++)
                table[page] = pages.Layer(span.Pages[page], layer);
            tasks[i] = new AttentionTask
            {
                Queries = queries.Row(span.FirstRow),
                QueryStride = queries.Stride,
                Outputs = outputs.Row(span.FirstRow),
                OutputStride = outputs.Stride,
                Tokens = span.Count,
                Heads = settings.Heads,
                KvHeads = shape.Heads,
                Shape = shape.Head,
                Pages = table,
                FirstPosition = span.FirstPosition,
                KeyCount = keyCount,
                Causal = settings.Causal,
                Window = settings.Window,
                Chunk = settings.Chunk,
                Scale = settings.Scale,
                SoftCap = settings.SoftCap,
                AlibiSlopes = settings.AlibiSlopes == null ? null : settings.AlibiSlopes.Pointer,
                Sinks = settings.Sinks == null ? null : settings.Sinks.Pointer,
            };
        }

        var scratch = Arena.Rent(PagedAttention.ScratchBytes(Pool.Threads, spans.Length, shape.Head, settings.Heads, longest));
        if (!IsMeasuring)
            PagedAttention.Run(Pool, Kernels, new ReadOnlySpan<AttentionTask>(tasks, spans.Length), scratch.Pointer, scratch.Length);
    }

    private readonly struct RotateOperation(Rows heads, int headLength, RotaryStyle style, Rows cosines, Rows sines, int start)
        : IRowOperation
    {
        public void Run(ElementwiseKernels kernels, int row)
        {
            int count = heads.Width / headLength;
            if (style == RotaryStyle.Pairs)
                kernels.RotatePairs(heads.Row(row) + start, count, headLength, cosines.Row(row), sines.Row(row), 2 * cosines.Width);
            else
                kernels.RotateHalves(heads.Row(row) + start, count, headLength, cosines.Row(row), sines.Row(row), 2 * cosines.Width);
        }
    }

    private readonly struct StoreRegion(
        AttentionKernels kernels,
        KvPages pages,
        int layer,
        AttentionSpan span,
        Rows keys,
        Rows values,
        int chunks) : IParallelRegion
    {
        public int Chunks => chunks;

        public void Run(int chunk, int worker)
        {
            var shape = pages.Layer(layer);
            var range = ChunkRange.Of(span.Count, chunk, chunks);
            for (int i = range.Start; i < range.End; i++)
            {
                int position = span.FirstPosition + i;
                byte* head = pages.Layer(span.Pages[position / KvHeadShape.PagePositions], layer);
                float* key = keys.Row(span.FirstRow + i);
                float* value = values.Row(span.FirstRow + i);
                for (int h = 0; h < shape.Heads; h++, head += shape.Head.TotalBytes)
                {
                    kernels.StoreKey(shape.Head, key + (h * shape.Head.KeyLength), head, position % KvHeadShape.PagePositions);
                    kernels.StoreValue(shape.Head, value + (h * shape.Head.ValueLength), head, position % KvHeadShape.PagePositions);
                }
            }
        }
    }
}
