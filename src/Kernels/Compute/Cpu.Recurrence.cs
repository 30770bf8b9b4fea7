using Hearth.Kernels.Attention;
using Hearth.Kernels.Recurrence;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels.Compute;

/// <content>Layers with a state per sequence: convolutions, scans, delta rules.</content>
public sealed unsafe partial class Cpu
{
    private const int LanesOfPart = 16;

    private interface ISequenceOperation
    {
        void Run(RecurrenceKernels kernels, in SequenceRun run, int part);
    }

    /// <summary>y[t] = bias + sum over j of taps[j] * x[t - kernel + 1 + j], channel by channel.</summary>
    /// <param name="state">[kernel - 1, padded channels] inputs before the rows of each sequence.</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="taps">[kernel, channels], the oldest input's first.</param>
    /// <param name="bias">[channels], or null.</param>
    /// <param name="x">[n, channels].</param>
    /// <param name="y">[n, channels], not <paramref name="x"/>.</param>
    public void Convolve(LayerState state, ReadOnlySpan<AttentionSpan> spans, FloatVector taps, FloatVector? bias, Rows x, Rows y)
        => ForEachSequence(new ConvolveOperation(taps, bias, x, y), state, spans, Parts(x.Width), 4 * LanesOfPart);

    /// <summary>
    /// The selective scan of Mamba: with s the numbers that a channel keeps, s_n = exp(step * rate_n) s_n + step * x * write_n and
    /// y = skip * x + sum of s_n * read_n.
    /// </summary>
    /// <param name="state">[channels / 16, rounded up][state length][16] of each sequence.</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="rates">[channels / 16, rounded up][state length][16].</param>
    /// <param name="skip">[channels].</param>
    /// <param name="steps">[n, channels].</param>
    /// <param name="writes">[n, state length].</param>
    /// <param name="reads">[n, state length].</param>
    /// <param name="x">[n, channels].</param>
    /// <param name="y">[n, channels]; may be <paramref name="x"/>.</param>
    public void SelectiveScan(
        LayerState state,
        ReadOnlySpan<AttentionSpan> spans,
        FloatVector rates,
        FloatVector skip,
        Rows steps,
        Rows writes,
        Rows reads,
        Rows x,
        Rows y)
        => ForEachSequence(
            new SelectiveScanOperation(rates, skip, steps, writes, reads, x, y),
            state,
            spans,
            Parts(x.Width),
            16 * LanesOfPart * writes.Width);

    /// <summary>Head by head S = decay * S + key (rate * value)^T and output = S^T query.</summary>
    /// <param name="state">The states of the heads, [heads][value length / 16, rounded up][key length][16].</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="rows">What the tokens bring; removals and replacements are not read.</param>
    public void LinearScan(LayerState state, ReadOnlySpan<AttentionSpan> spans, HeadMap heads, in HeadRows rows)
        => ForEachSequence(new LinearScanOperation(heads, rows), state, spans, heads.Heads, 2 * heads.HeadFloats);

    /// <summary>Head by head S = decay * S, S += key (rate * (value - S^T key))^T and output = S^T query.</summary>
    /// <param name="state">The states of the heads, [heads][value length / 16, rounded up][key length][16].</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="rows">What the tokens bring; removals and replacements are not read.</param>
    public void DeltaRule(LayerState state, ReadOnlySpan<AttentionSpan> spans, HeadMap heads, in HeadRows rows)
        => ForEachSequence(new DeltaRuleOperation(heads, rows), state, spans, heads.Heads, 3 * heads.HeadFloats);

    /// <summary>Head by head S = diag(decays) S + key value^T + replacement (S^T removal)^T and output = S^T query.</summary>
    /// <param name="state">The states of the heads, [heads][value length / 16, rounded up][key length][16].</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="heads">The heads; each is its own key head.</param>
    /// <param name="rows">What the tokens bring; rates are not read, and decays are as wide as keys.</param>
    public void GeneralDeltaRule(LayerState state, ReadOnlySpan<AttentionSpan> spans, HeadMap heads, in HeadRows rows)
        => ForEachSequence(new GeneralDeltaRuleOperation(heads, rows), state, spans, heads.Heads, 4 * heads.HeadFloats);

    /// <summary>y[t] = x[t - 1], within each sequence.</summary>
    /// <param name="state">[padded width] the last row of each sequence.</param>
    /// <param name="spans">Which rows belong to which sequence.</param>
    /// <param name="x">[n, width].</param>
    /// <param name="y">[n, width], not <paramref name="x"/>.</param>
    public void Shift(LayerState state, ReadOnlySpan<AttentionSpan> spans, Rows x, Rows y)
    {
        if (IsMeasuring)
            return;
        foreach (ref readonly var span in spans)
        {
            var last = new Span<float>(state.Of(span), x.Width);
            last.CopyTo(y[span.FirstRow]);
            for (int row = span.FirstRow + 1; row < span.FirstRow + span.Count; row++)
                x[row - 1].CopyTo(y[row]);
            x[span.FirstRow + span.Count - 1].CopyTo(last);
        }
    }

    private static int Parts(int channels) => (channels + LanesOfPart - 1) / LanesOfPart;

    /// <summary>Shares out the parts of all sequences; the tokens of a sequence stay together, for each needs the one before.</summary>
    private void ForEachSequence<TOperation>(
        in TOperation operation, LayerState state, ReadOnlySpan<AttentionSpan> spans, int parts, long floatsPerToken)
        where TOperation : struct, ISequenceOperation
    {
        using var scope = Scope();
        var runs = (SequenceRun*)Arena.Rent((long)spans.Length * sizeof(SequenceRun)).Pointer;
        if (IsMeasuring)
            return;
        long tokens = 0;
        for (int i = 0; i < spans.Length; i++)
        {
            runs[i] = new SequenceRun(spans[i].FirstRow, spans[i].Count, state.Of(spans[i]));
            tokens += spans[i].Count;
        }

        int items = spans.Length * parts;
        int chunks = (int)Math.Min(Math.Min(items, 4 * Pool.Threads), 1 + (tokens * parts * floatsPerToken / FloatsPerChunk));
        var region = new SequenceRegion<TOperation>(operation, Kernels.Recurrence, runs, parts, items, chunks);
        Pool.Run(ref region, chunks);
    }

    private readonly struct SequenceRun(int firstRow, int count, float* state)
    {
        public int FirstRow { get; } = firstRow;

        public int Count { get; } = count;

        public float* State { get; } = state;

        public RowStream Rows(Rows rows, int column) => RowStream.Of(rows, FirstRow, column);
    }

    private readonly struct SequenceRegion<TOperation>(
        TOperation operation,
        RecurrenceKernels kernels,
        SequenceRun* runs,
        int parts,
        int items,
        int chunks) : IParallelRegion
        where TOperation : struct, ISequenceOperation
    {
        public void Run(int chunk, int worker)
        {
            var range = ChunkRange.Of(items, chunk, chunks);
            for (int item = range.Start; item < range.End; item++)
                operation.Run(kernels, runs[item / parts], item % parts);
        }
    }

    private readonly struct ConvolveOperation(FloatVector taps, FloatVector? bias, Rows x, Rows y) : ISequenceOperation
    {
        public void Run(RecurrenceKernels kernels, in SequenceRun run, int part)
        {
            int channel = part * LanesOfPart;
            kernels.Convolve(new ConvolutionTask
            {
                Tokens = run.Count,
                Lanes = Math.Min(LanesOfPart, x.Width - channel),
                Kernel = taps.Length / x.Width,
                Inputs = run.Rows(x, channel),
                Outputs = run.Rows(y, channel),
                Taps = new RowStream(taps.Pointer + channel, x.Width),
                Bias = bias == null ? null : bias.Pointer + channel,
                Tail = new RowStream(run.State + channel, LayerState.Pad(x.Width)),
            });
        }
    }

    private readonly struct SelectiveScanOperation(
        FloatVector rates, FloatVector skip, Rows steps, Rows writes, Rows reads, Rows x, Rows y) : ISequenceOperation
    {
        public void Run(RecurrenceKernels kernels, in SequenceRun run, int part)
        {
            int channel = part * LanesOfPart;
            kernels.SelectiveScan(new SelectiveScanTask
            {
                Tokens = run.Count,
                Lanes = Math.Min(LanesOfPart, x.Width - channel),
                StateLength = writes.Width,
                State = run.State + (channel * writes.Width),
                Rates = rates.Pointer + (channel * writes.Width),
                Skip = skip.Pointer + channel,
                Inputs = run.Rows(x, channel),
                Steps = run.Rows(steps, channel),
                Writes = run.Rows(writes, 0),
                Reads = run.Rows(reads, 0),
                Outputs = run.Rows(y, channel),
            });
        }
    }

    private readonly struct LinearScanOperation(HeadMap heads, HeadRows rows) : ISequenceOperation
    {
        public void Run(RecurrenceKernels kernels, in SequenceRun run, int part)
        {
            var task = HeadTaskOf(heads, rows, run, part);
            task.Decays = run.Rows(rows.Decays, part);
            task.Rates = run.Rows(rows.Rates, part);
            kernels.LinearScan(task);
        }
    }

    private readonly struct DeltaRuleOperation(HeadMap heads, HeadRows rows) : ISequenceOperation
    {
        public void Run(RecurrenceKernels kernels, in SequenceRun run, int part)
        {
            var task = HeadTaskOf(heads, rows, run, part);
            task.Decays = run.Rows(rows.Decays, part);
            task.Rates = run.Rows(rows.Rates, part);
            kernels.DeltaRule(task);
        }
    }

    private readonly struct GeneralDeltaRuleOperation(HeadMap heads, HeadRows rows) : ISequenceOperation
    {
        public void Run(RecurrenceKernels kernels, in SequenceRun run, int part)
        {
            var task = HeadTaskOf(heads, rows, run, part);
            task.Decays = run.Rows(rows.Decays, part * heads.KeyLength);
            task.Removals = run.Rows(rows.Removals, part * heads.KeyLength);
            task.Replacements = run.Rows(rows.Replacements, part * heads.KeyLength);
            kernels.GeneralDeltaRule(task);
        }
    }

    private static HeadTask HeadTaskOf(HeadMap heads, in HeadRows rows, in SequenceRun run, int head)
    {
        int key = heads.KeyHeads[head] * heads.KeyLength;
        int value = head * heads.ValueLength;
        return new HeadTask
        {
            Tokens = run.Count,
            KeyLength = heads.KeyLength,
            ValueLength = heads.ValueLength,
            State = run.State + (head * heads.HeadFloats),
            Keys = run.Rows(rows.Keys, key),
            Queries = run.Rows(rows.Queries, key),
            Values = run.Rows(rows.Values, value),
            Outputs = run.Rows(rows.Outputs, value),
        };
    }
}
