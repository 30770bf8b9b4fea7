using FsCheck.Xunit;
using Hearth.Kernels.Recurrence;
using Hearth.Kernels.Tests.Elementwise;
using static Hearth.Kernels.Tests.Elementwise.ElementwiseAssert;

namespace Hearth.Kernels.Tests.Recurrence;

/// <summary>
/// Recurrences against plain loops in double precision. Every rung gives the same bytes, and so does a sequence that is cut in two.
/// </summary>
public sealed unsafe class RecurrenceTests
{
    private const double Tolerance = 64 * Ulp;

    private enum Rule
    {
        Linear,
        Delta,
        General,
    }

    [Property(MaxTest = 100)]
    public void A_convolution_sums_the_last_inputs_in_order(byte lanes, byte kernel, byte tokens, bool hasBias, int seed)
    {
        var size = (Lanes: (lanes % 16) + 1, Kernel: (kernel % 6) + 1, Tokens: (tokens % 9) + 1);
        var random = new Random(seed);
        var x = Rows(random, size.Tokens, size.Lanes);
        var taps = Rows(random, size.Kernel, size.Lanes);
        var bias = FloatRow.Random(random, size.Lanes);
        var tail = FloatRow.Random(random, Math.Max(1, size.Kernel - 1) * 16);
        var (y, after) = OnEveryRung(size.Tokens, size.Lanes, tail, (kernels, first, count, output, state) =>
        {
            var task = new ConvolutionTask
            {
                Tokens = count,
                Lanes = size.Lanes,
                Kernel = size.Kernel,
                Inputs = From(x, first, size.Lanes),
                Outputs = From(output, first, size.Lanes),
                Taps = From(taps, 0, size.Lanes),
                Bias = hasBias ? bias.Pointer : null,
                Tail = new RowStream(state.Pointer, 16),
            };
            kernels.Convolve(task);
        });

        int past = size.Kernel - 1;
        for (int lane = 0; lane < size.Lanes; lane++)
        {
            for (int token = 0; token < size.Tokens; token++)
            {
                double sum = hasBias ? bias.Values[lane] : 0;
                for (int tap = 0; tap < size.Kernel; tap++)
                    sum += (double)taps.Values[(tap * size.Lanes) + lane] * Input(token - past + tap, lane);
                Close(sum, y.Values[(token * size.Lanes) + lane], Tolerance, $"token {token}, lane {lane}");
            }

            for (int i = 0; i < past; i++)
                Assert.Equal(Input(size.Tokens - past + i, lane), after.Values[(i * 16) + lane]);
        }

        float Input(int token, int lane)
            => token < 0 ? tail.Values[((token + past) * 16) + lane] : x.Values[(token * size.Lanes) + lane];
    }

    [Property(MaxTest = 100)]
    public void A_selective_scan_decays_writes_and_reads(byte lanes, byte length, byte tokens, int seed)
    {
        var size = (Lanes: (lanes % 16) + 1, Length: (length % 20) + 1, Tokens: (tokens % 7) + 1);
        var random = new Random(seed);
        var x = Rows(random, size.Tokens, size.Lanes);
        var steps = Positive(random, size.Tokens * size.Lanes);
        var writes = Rows(random, size.Tokens, size.Length);
        var reads = Rows(random, size.Tokens, size.Length);
        var skip = FloatRow.Random(random, size.Lanes);
        var rates = new FloatRow([.. Positive(random, size.Length * 16).Values.ToArray().Select(rate => -rate)]);
        var state = FloatRow.Random(random, size.Length * 16);
        var (y, _) = OnEveryRung(size.Tokens, size.Lanes, state, (kernels, first, count, output, changed) =>
        {
            var task = new SelectiveScanTask
            {
                Tokens = count,
                Lanes = size.Lanes,
                StateLength = size.Length,
                State = changed.Pointer,
                Rates = rates.Pointer,
                Skip = skip.Pointer,
                Inputs = From(x, first, size.Lanes),
                Steps = From(steps, first, size.Lanes),
                Writes = From(writes, first, size.Length),
                Reads = From(reads, first, size.Length),
                Outputs = From(output, first, size.Lanes),
            };
            kernels.SelectiveScan(task);
        });

        for (int lane = 0; lane < size.Lanes; lane++)
        {
            double[] s = [.. Enumerable.Range(0, size.Length).Select(n => (double)state.Values[(n * 16) + lane])];
            for (int token = 0; token < size.Tokens; token++)
            {
                double step = steps.Values[(token * size.Lanes) + lane];
                double input = x.Values[(token * size.Lanes) + lane];
                double sum = skip.Values[lane] * input;
                double magnitude = Math.Abs(sum);
                for (int n = 0; n < size.Length; n++)
                {
                    double written = step * input * writes.Values[(token * size.Length) + n];
                    s[n] = (Math.Exp(step * rates.Values[(n * 16) + lane]) * s[n]) + written;
                    sum += s[n] * reads.Values[(token * size.Length) + n];
                    magnitude += Math.Abs(s[n] * reads.Values[(token * size.Length) + n]);
                }

                Close(sum, y.Values[(token * size.Lanes) + lane], Tolerance * (1 + magnitude), $"token {token}, lane {lane}");
            }
        }
    }

    [Property(MaxTest = 60)]
    public void A_linear_scan_decays_the_state_and_adds_to_it(byte keys, byte values, byte tokens, int seed)
        => CheckHead(Rule.Linear, keys, values, tokens, seed);

    [Property(MaxTest = 60)]
    public void The_delta_rule_moves_what_a_key_holds_towards_the_value(byte keys, byte values, byte tokens, int seed)
        => CheckHead(Rule.Delta, keys, values, tokens, seed);

    [Property(MaxTest = 60)]
    public void The_general_delta_rule_removes_and_adds_where_it_is_told(byte keys, byte values, byte tokens, int seed)
        => CheckHead(Rule.General, keys, values, tokens, seed);

    private static void CheckHead(Rule rule, int keys, int values, int tokens, int seed)
    {
        keys = (keys % 21) + 1;
        values = (values % 40) + 1;
        tokens = (tokens % 6) + 1;
        var random = new Random(seed);

        // Small enough that states do not grow: then one absolute bound serves all results.
        double factor = 0.3 / Math.Sqrt(keys);
        var key = FloatRow.Random(random, tokens * keys, factor);
        var query = FloatRow.Random(random, tokens * keys, factor);
        var removal = FloatRow.Random(random, tokens * keys, factor);
        var replacement = FloatRow.Random(random, tokens * keys, factor);
        var decays = Positive(random, tokens * keys);
        var rates = Positive(random, tokens);
        var value = Rows(random, tokens, values);
        int blocks = (values + 15) / 16;
        var state = FloatRow.Random(random, blocks * keys * 16);
        var (y, _) = OnEveryRung(tokens, values, state, (kernels, first, count, output, changed) =>
        {
            var task = new HeadTask
            {
                Tokens = count,
                KeyLength = keys,
                ValueLength = values,
                State = changed.Pointer,
                Decays = From(decays, first, keys),
                Rates = From(rates, first, 1),
                Keys = From(key, first, keys),
                Queries = From(query, first, keys),
                Values = From(value, first, values),
                Removals = From(removal, first, keys),
                Replacements = From(replacement, first, keys),
                Outputs = From(output, first, values),
            };
            switch (rule)
            {
                case Rule.Linear: kernels.LinearScan(task); break;
                case Rule.Delta: kernels.DeltaRule(task); break;
                default: kernels.GeneralDeltaRule(task); break;
            }
        });

        for (int column = 0; column < values; column++)
        {
            int block = column / 16 * keys;
            double[] s = [.. Enumerable.Range(0, keys).Select(i => (double)state.Values[((block + i) * 16) + (column % 16)])];
            for (int token = 0; token < tokens; token++)
            {
                int at = token * keys;
                double written = value.Values[(token * values) + column];
                double rate = rates.Values[token];
                double held = 0;
                for (int i = 0; i < keys; i++)
                    held += rule == Rule.General ? removal.Values[at + i] * s[i] : key.Values[at + i] * decays.Values[at] * s[i];
                double sum = 0;
                for (int i = 0; i < keys; i++)
                {
                    s[i] = rule switch
                    {
                        Rule.Linear => (decays.Values[at] * s[i]) + (key.Values[at + i] * rate * written),
                        Rule.Delta => (decays.Values[at] * s[i]) + (key.Values[at + i] * rate * (written - held)),
                        _ => (decays.Values[at + i] * s[i]) + (key.Values[at + i] * written) + (replacement.Values[at + i] * held),
                    };
                    sum += query.Values[at + i] * s[i];
                }

                Close(sum, y.Values[(token * values) + column], Tolerance, $"token {token}, column {column}");
            }
        }
    }

    /// <summary>Runs all tokens at once, and cut in two, on every rung; all must give the same bytes.</summary>
    private static (FloatRow Output, FloatRow State) OnEveryRung(
        int tokens, int width, FloatRow state, Action<RecurrenceKernels, int, int, FloatRow, FloatRow> run)
    {
        (FloatRow Output, FloatRow State)? first = null;
        foreach (var kernels in KernelSet.Supported)
        {
            foreach (int cut in (int[])[0, tokens / 2])
            {
                var output = new FloatRow(tokens * width);
                var changed = state.Copy();
                if (cut > 0)
                    run(kernels.Recurrence, 0, cut, output, changed);
                run(kernels.Recurrence, cut, tokens - cut, output, changed);
                output.AssertCanaries();
                changed.AssertCanaries();
                first ??= (output, changed);
                Assert.Equal(first.Value.Output.Bits, output.Bits);
                Assert.Equal(first.Value.State.Bits, changed.Bits);
            }
        }

        return first!.Value;
    }

    private static FloatRow Rows(Random random, int count, int width) => FloatRow.Random(random, count * width);

    /// <summary>Numbers between 0 and 1.</summary>
    private static FloatRow Positive(Random random, int count) => new([.. Enumerable.Range(0, count).Select(_ => random.NextSingle())]);

    private static RowStream From(FloatRow rows, int first, int width) => new(rows.Pointer + (first * width), width);
}
