using Hearth.Engine.Cache;
using Hearth.Kernels.Attention;

namespace Hearth.Engine;

/// <summary>
/// What one forward pass computes: tokens, the sequence and position of each, and which of them want logits. A prompt's chunk, a
/// step of decoding, the verification of a draft, many conversations at once: all are a batch.
/// </summary>
/// <remarks>Filled, computed and cleared again and again without allocating. One thread at a time.</remarks>
public sealed class TokenBatch
{
    private readonly int[] tokens;
    private readonly int[] positions;
    private readonly int[] outputRows;
    private readonly AttentionSpan[] spans;
    private readonly AttentionSpan[] outputSpans;
    private readonly KvSequence[] sequences;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="maxTokens">The most tokens it holds.</param>
    /// <param name="maxOutputs">The most tokens that want logits.</param>
    /// <param name="maxSequences">The most sequences.</param>
    public TokenBatch(int maxTokens, int maxOutputs, int maxSequences)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOutputs, 1);
        tokens = new int[maxTokens];
        positions = new int[maxTokens];
        outputRows = new int[maxOutputs];
        spans = new AttentionSpan[maxSequences];
        outputSpans = new AttentionSpan[maxSequences];
        sequences = new KvSequence[maxSequences];
    }

    /// <summary>Tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that want logits.</summary>
    public int OutputCount { get; private set; }

    /// <summary>The most tokens.</summary>
    public int MaxTokens => tokens.Length;

    /// <summary>The most tokens that want logits.</summary>
    public int MaxOutputs => outputRows.Length;

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Count);

    /// <summary>Position of each token in its sequence.</summary>
    public ReadOnlySpan<int> Positions => positions.AsSpan(0, Count);

    /// <summary>Rows of the tokens that want logits, ascending.</summary>
    public ReadOnlySpan<int> OutputRows => outputRows.AsSpan(0, OutputCount);

    /// <summary>Runs of consecutive tokens of one sequence.</summary>
    internal ReadOnlySpan<AttentionSpan> Spans => spans.AsSpan(0, SpanCount);

    /// <summary>The same of the tokens that want logits alone: rows are counted among these, and end where their sequence's tokens end.</summary>
    internal ReadOnlySpan<AttentionSpan> OutputSpans => outputSpans.AsSpan(0, OutputSpanCount);

    internal int SpanCount { get; private set; }

    private int OutputSpanCount { get; set; }

    /// <summary>Appends tokens to a sequence, at the positions that follow what it holds.</summary>
    /// <param name="sequence">The sequence; it grows by these tokens.</param>
    /// <param name="ids">Token ids.</param>
    /// <param name="outputs">Which of them want logits.</param>
    /// <exception cref="InvalidOperationException">The batch is full, the sequence is in the batch already, or its capacity ends before.</exception>
    public void Add(KvSequence sequence, ReadOnlySpan<int> ids, BatchOutputs outputs)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        if (ids.IsEmpty)
            return;
        int wanted = outputs switch { BatchOutputs.All => ids.Length, BatchOutputs.Last => 1, _ => 0 };
        if (Count + ids.Length > tokens.Length || OutputCount + wanted > outputRows.Length)
        {
            throw new InvalidOperationException(
                $"The batch holds {Count} of {tokens.Length} tokens and {OutputCount} of {outputRows.Length} outputs; {ids.Length} and {wanted} more do not fit.");
        }

        if (SpanCount == sequences.Length)
            throw new InvalidOperationException($"The batch holds {SpanCount} sequences, its limit.");
        if (Array.IndexOf(sequences, sequence, 0, SpanCount) >= 0)
            throw new InvalidOperationException("The sequence is in the batch already; add all its tokens at once.");
        int first = sequence.Length;
        sequence.Extend(ids.Length);
        ids.CopyTo(tokens.AsSpan(Count));
        for (int i = 0; i < ids.Length; i++)
            positions[Count + i] = first + i;
        if (wanted > 0)
        {
            outputSpans[OutputSpanCount++] =
                new AttentionSpan(OutputCount, wanted, first + ids.Length - wanted, sequence.Pages, sequence.StateSlot);
        }

        for (int i = ids.Length - wanted; i < ids.Length; i++)
            outputRows[OutputCount++] = Count + i;
        sequences[SpanCount] = sequence;
        spans[SpanCount++] = new AttentionSpan(Count, ids.Length, first, sequence.Pages, sequence.StateSlot);
        Count += ids.Length;
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Array.Clear(sequences, 0, SpanCount);
        Array.Clear(spans, 0, SpanCount);
        Array.Clear(outputSpans, 0, OutputSpanCount);
        Count = 0;
        OutputCount = 0;
        OutputSpanCount = 0;
        SpanCount = 0;
    }

    /// <summary>Fills the batch with sizes alone, the largest it can hold, for an arena to measure.</summary>
    /// <param name="spanCount">Sequences.</param>
    /// <param name="context">Positions that each holds at the end.</param>
    /// <param name="outputs">The most tokens that want logits.</param>
    internal void Plan(int spanCount, int context, int outputs)
    {
        spanCount = Math.Min(spanCount, tokens.Length);
        int each = Math.Min(tokens.Length / spanCount, context);
        for (int i = 0; i < spanCount; i++)
        {
            spans[i] = new AttentionSpan(i * each, each, context - each, []);
            int wanted = Math.Min(each, outputs - OutputCount);
            if (wanted == 0)
                continue;
            outputSpans[OutputSpanCount++] = new AttentionSpan(OutputCount, wanted, context - wanted, []);
            OutputCount += wanted;
        }

        SpanCount = spanCount;
        Count = spanCount * each;
    }
}
