using System.Diagnostics.CodeAnalysis;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>The shapes that can be written: well-known models, one for sparse activation, and two small enough for tests.</summary>
internal static class ShapeCatalog
{
    private static readonly ModelShape TinyLlama = new()
    {
        Name = "tinyllama-1.1b",
        Description = "TinyLlama 1.1B",
        Layers = 22,
        Width = 2048,
        FeedForward = 5632,
        Heads = 32,
        KvHeads = 4,
        HeadWidth = 64,
        Vocabulary = 32000,
        Context = 2048,
    };

    /// <summary>All shapes, small ones first.</summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new ModelShape
        {
            Name = "tiny",
            Description = "two blocks, for tests",
            Layers = 2,
            Width = 256,
            FeedForward = 512,
            Heads = 4,
            KvHeads = 2,
            HeadWidth = 64,
            Vocabulary = 512,
            Context = 512,
        },
        new ModelShape
        {
            Name = "tiny-moe",
            Description = "two blocks of 8 experts, for tests",
            Layers = 2,
            Width = 256,
            FeedForward = 256,
            Heads = 4,
            KvHeads = 2,
            HeadWidth = 64,
            Vocabulary = 512,
            Context = 512,
            Experts = 8,
            ExpertsUsed = 2,
        },
        new ModelShape
        {
            Name = "smollm-135m",
            Description = "SmolLM 135M: narrow, tied, 9 heads on 3 KV heads",
            Layers = 30,
            Width = 576,
            FeedForward = 1536,
            Heads = 9,
            KvHeads = 3,
            HeadWidth = 64,
            Vocabulary = 49152,
            Context = 2048,
            Tied = true,
        },
        TinyLlama,
        TinyLlama with
        {
            Name = "relu-1.1b",
            Description = "TinyLlama 1.1B with a ReLU gate of which a tenth is active, for sparse activation",
            Relu = true,
        },
        new ModelShape
        {
            Name = "llama-3.2-1b",
            Description = "Llama 3.2 1B: large vocabulary, tied, scaled rotary frequencies",
            Layers = 16,
            Width = 2048,
            FeedForward = 8192,
            Heads = 32,
            KvHeads = 8,
            HeadWidth = 64,
            Vocabulary = 128256,
            Context = 131072,
            RopeBase = 500000,
            ScaledRope = true,
            Tied = true,
        },
        new ModelShape
        {
            Name = "olmoe-7b",
            Description = "OLMoE 7B: 64 experts, of which a token uses 8, and so about a billion weights",
            Layers = 16,
            Width = 2048,
            FeedForward = 1024,
            Heads = 16,
            KvHeads = 16,
            HeadWidth = 128,
            Vocabulary = 50304,
            Context = 4096,
            Experts = 64,
            ExpertsUsed = 8,
        },
        new ModelShape
        {
            Name = "llama-2-7b",
            Description = "Llama 2 7B: no grouped heads",
            Layers = 32,
            Width = 4096,
            FeedForward = 11008,
            Heads = 32,
            KvHeads = 32,
            HeadWidth = 128,
            Vocabulary = 32000,
            Context = 4096,
        },
    ];

    public static bool TryGet(string name, [NotNullWhen(true)] out ModelShape? shape)
    {
        shape = All.FirstOrDefault(shape => shape.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return shape is not null;
    }
}
