using Hearth.Engine.Cache;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models;

/// <summary>One forward pass on its way through a model: the batch, the cache, and what to compute on.</summary>
/// <remarks>The same object serves pass after pass; a pass allocates nothing.</remarks>
public sealed class ForwardPass
{
    private readonly List<(RotaryEmbedding Rotary, RotaryAngles Angles)> rotaries = [];
    private readonly List<(object Owner, Rows Rows)> kept = [];

    internal ForwardPass(Cpu cpu, TokenBatch batch, KvPool cache, PassOutput output)
    {
        Cpu = cpu;
        Batch = batch;
        Cache = cache;
        Output = output;
    }

    /// <summary>Kernels, workers and scratch memory.</summary>
    public Cpu Cpu { get; }

    /// <summary>What to compute.</summary>
    public TokenBatch Batch { get; }

    /// <summary>Where keys and values live.</summary>
    public KvPool Cache { get; }

    /// <summary>What the pass gives.</summary>
    public PassOutput Output { get; }

    /// <summary>Tokens of the pass.</summary>
    public int Tokens => Batch.Count;

    /// <summary>What was emitted, a row for each token that wants something; valid until the next pass.</summary>
    public Rows Outputs { get; private set; }

    internal ReadOnlySpan<AttentionSpan> Spans => Batch.Spans;

    internal ReadOnlySpan<AttentionSpan> OutputSpans => Batch.OutputSpans;

    /// <summary>A part of what a recurrent layer keeps of each sequence.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="start">Floats of the layer before that part, a multiple of 16.</param>
    public LayerState StateOf(int layer, int start = 0) => new(Cache.States.Slots, layer, start);

    /// <summary>Rows for this pass's tokens.</summary>
    /// <param name="width">Floats of a row.</param>
    public Rows Rent(int width) => Cpu.Rent(Tokens, width);

    /// <summary>The rows of the tokens that want something. After the last attention, or within it, nothing else is needed.</summary>
    /// <param name="x">[tokens, width].</param>
    /// <returns>[outputs, width].</returns>
    public Rows SelectOutputs(Rows x)
    {
        if (Batch.OutputCount == x.Count)
            return x;
        var selected = Cpu.Rent(Batch.OutputCount, x.Width);
        Cpu.Gather(x, Batch.OutputRows, selected);
        return selected;
    }

    /// <summary>Computes a rotary embedding's angles for this pass. Called before the layers, outside of any scope.</summary>
    public void Prepare(RotaryEmbedding rotary)
    {
        ArgumentNullException.ThrowIfNull(rotary);
        rotaries.Add((rotary, rotary.Prepare(this)));
    }

    /// <summary>Hands out what the pass gives.</summary>
    /// <param name="outputs">A row for each token that wants something, rented outside of any scope that ends with the pass.</param>
    public void Emit(Rows outputs) => Outputs = outputs;

    /// <summary>Keeps rows for later layers of this pass.</summary>
    /// <param name="owner">Who asks for them again.</param>
    /// <param name="rows">Rows rented outside of any scope that ends before.</param>
    public void Keep(object owner, Rows rows) => kept.Add((owner, rows));

    /// <summary>The rows that were kept in this pass.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public Rows Kept(object owner)
    {
        foreach (var (keeper, rows) in kept)
        {
            if (ReferenceEquals(keeper, owner))
                return rows;
        }

        throw new InvalidOperationException("The architecture did not compute the rows that one of its layers uses.");
    }

    internal RotaryAngles Angles(RotaryEmbedding rotary)
    {
        foreach (var (prepared, angles) in rotaries)
        {
            if (prepared == rotary)
                return angles;
        }

        throw new InvalidOperationException("The architecture did not prepare the rotary embedding that one of its layers uses.");
    }

    internal void Begin()
    {
        rotaries.Clear();
        kept.Clear();
        Cpu.Arena.Reset();
    }
}
