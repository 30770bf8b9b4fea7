using System.Runtime.InteropServices;
using Hearth.Engine.Cache;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Models.Adapters;
using Hearth.Engine.Models.Experts;
using Hearth.Engine.Sparsity;
using Hearth.Kernels;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Threading;
using Architecture = Hearth.Engine.Models.Architecture;

namespace Hearth.Engine.Tests.Models;

/// <summary>A model with its workers and runner, for tests that look at logits.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly GgufFile file;
    private readonly WorkerPool pool;
    private readonly Architecture architecture;

    public LoadedModel(
        string path,
        int threads = 1,
        KernelSet? kernels = null,
        KvType cache = KvType.F32,
        PassOutput output = PassOutput.Logits,
        int context = 256,
        ExpertCache? experts = null,
        SparsityMode sparsity = SparsityMode.Off,
        params LoraFile[] adapters)
        : this(GgufFile.Open(path), threads, kernels, cache, output, context, experts, sparsity, null, adapters)
    {
    }

    public LoadedModel(
        GgufFile file,
        int threads = 1,
        KernelSet? kernels = null,
        KvType cache = KvType.F32,
        PassOutput output = PassOutput.Logits,
        int context = 256,
        ExpertCache? experts = null,
        SparsityMode sparsity = SparsityMode.Off,
        Func<string, INeuronPredictor>? predictor = null,
        params LoraFile[] adapters)
    {
        this.file = file;
        pool = new WorkerPool(threads);
        kernels ??= RungSelection.FromEnvironment();
        var loader = new ModelLoader(file, kernels, pool, context, adapters: adapters)
        {
            Panels = PanelFile.TryOpen(file, out var panels) ? panels : null,
            ExpertCache = experts,
            Sparsity = sparsity,
            PredictorOverride = predictor,
        };
        architecture = ArchitectureCatalog.Load(loader);
        SparseLayers = loader.SparseLayers;
        Runner = new ModelRunner(architecture, kernels, pool, new RunnerLimits(96, 96, 4, context), cache, cache, output);
        OutputWidth = output == PassOutput.States ? architecture.Shape.Width : architecture.Shape.VocabularySize;
    }

    public ModelRunner Runner { get; }

    /// <summary>The blocks that read only what active neurons need.</summary>
    public IReadOnlyList<LayerActivity> SparseLayers { get; }

    /// <summary>Floats that a token gets: its logits, or its state.</summary>
    public int OutputWidth { get; }

    /// <summary>Logits of every token of a prompt, read in passes of at most so many tokens.</summary>
    public float[] Logits(ReadOnlySpan<int> tokens, int chunk)
    {
        using var sequence = Runner.CreateSequence(256);
        return Continue(sequence, tokens, chunk);
    }

    /// <summary>Logits of every token of a prompt whose passes are shared with two other sequences.</summary>
    public float[] LogitsAmongOthers(ReadOnlySpan<int> tokens, int chunk)
    {
        using var before = Runner.CreateSequence(256);
        using var sequence = Runner.CreateSequence(256);
        using var after = Runner.CreateSequence(256);
        var logits = new List<float>();
        for (int at = 0; at < tokens.Length; at += chunk)
        {
            int count = Math.Min(chunk, tokens.Length - at);
            Runner.Batch.Add(before, tokens.Slice(tokens.Length - count, count), BatchOutputs.Last);
            Runner.Batch.Add(sequence, tokens.Slice(at, count), BatchOutputs.All);
            Runner.Batch.Add(after, tokens[..1], BatchOutputs.None);
            var rows = Runner.Run();
            for (int row = 1; row < rows.Count; row++)
                logits.AddRange(rows[row]);
        }

        return [.. logits];
    }

    /// <summary>The most probable tokens that follow, one at a time.</summary>
    public int[] Greedy(ReadOnlySpan<int> tokens, int count)
    {
        using var sequence = Runner.CreateSequence(256);
        float[] all = Continue(sequence, tokens, tokens.Length);
        var next = new List<int>();
        float[] last = all[^OutputWidth..];
        while (next.Count < count)
        {
            next.Add(Array.IndexOf(last, last.Max()));
            last = Continue(sequence, [next[^1]], 1);
        }

        return [.. next];
    }

    public void Dispose()
    {
        Runner.Dispose();
        architecture.Dispose();
        pool.Dispose();
        file.Dispose();
    }

    private float[] Continue(KvSequence sequence, ReadOnlySpan<int> tokens, int chunk)
    {
        float[] logits = new float[tokens.Length * OutputWidth];
        int at = 0;
        foreach (int[] part in tokens.ToArray().Chunk(chunk))
        {
            Runner.Batch.Add(sequence, part, BatchOutputs.All);
            var rows = Runner.Run();
            for (int row = 0; row < rows.Count; row++)
                rows[row].CopyTo(logits.AsSpan(at++ * OutputWidth));
        }

        return logits;
    }

    public static double NormalisedError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow((double)actual[i] - expected[i], 2);
            power += Math.Pow(expected[i], 2);
        }

        return error / power;
    }

    public static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
