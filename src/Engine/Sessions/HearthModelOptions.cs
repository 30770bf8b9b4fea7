using System.Collections.ObjectModel;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Adapters;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Sparsity.Profiling;
using Hearth.Kernels;
using Hearth.Kernels.Attention;

namespace Hearth.Engine.Sessions;

/// <summary>How a model is loaded.</summary>
public sealed record HearthModelOptions
{
    /// <summary>Threads that compute; null for one per physical core that this process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>Positions that a session can hold; 0 for what the model was trained for, null for that but at most 4096.</summary>
    public int? ContextLength { get; init; }

    /// <summary>The most tokens of one pass: prompts are read in chunks of this.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>The most tokens of one pass that get logits.</summary>
    public int MaxOutputs { get; init; } = 16;

    /// <summary>The most sequences of one pass.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>Storage of keys.</summary>
    public KvType CacheTypeK { get; init; } = KvType.F16;

    /// <summary>Storage of values.</summary>
    public KvType CacheTypeV { get; init; } = KvType.F16;

    /// <summary>
    /// The most bytes of experts that are in memory at the same time; the others are read from the model's file when a token needs them.
    /// Null for all of them where they fit in memory, and otherwise for what fits.
    /// </summary>
    public long? ExpertsMemory { get; init; }

    /// <summary>Whether feed-forward blocks whose activation leaves true zeros read only what active neurons need.</summary>
    public SparsityMode Sparsity { get; init; }

    /// <summary>
    /// What the model's neurons do: how careful <see cref="SparsityMode.Sign"/> is block by block and where it votes at all, and which blocks
    /// <see cref="SparsityMode.Auto"/> leaves whole because sparsity would not pay. Null for nothing known.
    /// </summary>
    public SparsityProfile? SparsityProfile { get; init; }

    /// <summary>Bytes of memory that there are for the model; null for what the system has available.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Source of a chat template that takes the place of the model's own; null for the model's own.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Low-rank adapters, added in order to what the model computes.</summary>
    public IReadOnlyList<LoraFile> Adapters { get; init; } = [];

    /// <summary>Values that take the place of the file's own, by key; a key that the file does not have is added.</summary>
    public IReadOnlyDictionary<string, GgufValue> MetadataOverrides { get; init; } = ReadOnlyDictionary<string, GgufValue>.Empty;

    /// <summary>The kernels; null for the best rung of this machine, or the one that HEARTH_ISA names.</summary>
    public KernelSet? Kernels { get; init; }
}
