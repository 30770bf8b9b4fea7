using Hearth.Engine.Cache;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models;

/// <summary>
/// A model with all that a forward pass needs, planned once for the largest batch: scratch memory, cache, batch. From then on a pass
/// allocates nothing.
/// </summary>
/// <remarks>One thread at a time; the model behind it is shared.</remarks>
public sealed class ModelRunner : IDisposable
{
    private readonly Architecture architecture;
    private readonly Cpu cpu;
    private readonly ForwardPass pass;

    /// <summary>Plans and takes the memory.</summary>
    /// <param name="architecture">The model; not owned.</param>
    /// <param name="kernels">The rung's kernels, the ones that packed the model.</param>
    /// <param name="pool">The workers; not owned.</param>
    /// <param name="limits">The largest batch and the longest sequence.</param>
    /// <param name="keys">Storage of keys.</param>
    /// <param name="values">Storage of values.</param>
    /// <param name="output">What the passes give.</param>
    /// <exception cref="NotSupportedException">Logits are wanted of an encoder.</exception>
    public ModelRunner(
        Architecture architecture,
        KernelSet kernels,
        WorkerPool pool,
        RunnerLimits limits,
        KvType keys,
        KvType values,
        PassOutput output = PassOutput.Logits)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(pool);
        if (architecture.IsEncoder && output == PassOutput.Logits)
            throw new NotSupportedException("The model is an encoder: it gives embeddings, but does not continue texts.");
        this.architecture = architecture;
        Limits = limits;
        Cache = new KvPool(architecture.CacheLayers(keys, values));
        Batch = new TokenBatch(limits.Tokens, limits.Outputs, limits.Sequences);
        cpu = new Cpu(kernels, pool, new Arena(Measure(kernels, pool, output)));
        pass = new ForwardPass(cpu, Batch, Cache, output);
    }

    /// <summary>The largest batch and the longest sequence.</summary>
    public RunnerLimits Limits { get; }

    /// <summary>The batch to fill before <see cref="Run"/>.</summary>
    public TokenBatch Batch { get; }

    /// <summary>Sees the inputs of all matrix products; null for nobody.</summary>
    internal IProductObserver? Observer
    {
        get => cpu.Observer;
        set => cpu.Observer = value;
    }

    /// <summary>Pages of keys and values.</summary>
    public KvPool Cache { get; }

    /// <summary>Bytes of scratch memory.</summary>
    public long ScratchBytes => cpu.Arena.CapacityBytes;

    /// <summary>An empty sequence.</summary>
    /// <param name="capacity">The most positions it will hold, at most the limit's context.</param>
    public KvSequence CreateSequence(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Limits.Context);
        return new KvSequence(Cache, capacity);
    }

    /// <summary>Computes the batch and empties it.</summary>
    /// <returns>[outputs, vocabulary], or [outputs, width] for states; valid until the next run.</returns>
    public Rows Run()
    {
        pass.Begin();
        try
        {
            if (Batch.Count > 0)
                architecture.Forward(pass);
            return pass.Outputs;
        }
        finally
        {
            Batch.Clear();
        }
    }

    /// <summary>Puts a text's state through what stands behind the pooling.</summary>
    /// <param name="head">A part of the model.</param>
    /// <param name="state">[width].</param>
    /// <returns>What it gives; valid until the next run.</returns>
    internal ReadOnlySpan<float> Apply(IRowMap head, ReadOnlySpan<float> state)
    {
        pass.Begin();
        var row = cpu.Rent(1, state.Length);
        state.CopyTo(row[0]);
        return head.Apply(pass, row)[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Cache.Dispose();
        cpu.Dispose();
    }

    private long Measure(KernelSet kernels, WorkerPool pool, PassOutput output)
    {
        using var arena = Arena.Measure();
        using var measuring = new Cpu(kernels, pool, arena);
        var measuringPass = new ForwardPass(measuring, Batch, Cache, output);
        foreach (int sequences in (ReadOnlySpan<int>)[1, Limits.Sequences])
        {
            // Rows that want something are copied as soon as they are not all, which takes more than to go on with all of them.
            foreach (int outputs in (ReadOnlySpan<int>)[Limits.Outputs, Math.Min(Limits.Outputs, Limits.Tokens - 1)])
            {
                Batch.Plan(sequences, Limits.Context, outputs);
                measuringPass.Begin();
                architecture.Forward(measuringPass);
                Batch.Clear();
            }
        }

        if (output == PassOutput.States && architecture.Classifier is { } classifier)
        {
            measuringPass.Begin();
            classifier.Head.Apply(measuringPass, measuring.Rent(1, architecture.Shape.Width));
        }

        return arena.PeakBytes;
    }
}
