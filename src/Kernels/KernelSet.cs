using System.Diagnostics.CodeAnalysis;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;
using Hearth.Kernels.Recurrence;
using Hearth.Kernels.Sparse;
using Hearth.Kernels.Threading;

namespace Hearth.Kernels;

/// <summary>
/// All kernels of one rung. The rung is chosen once; behind these calls everything is compiled for it and nothing asks again.
/// </summary>
public abstract unsafe class KernelSet
{
    private protected KernelSet()
    {
    }

    /// <summary>The rungs that this machine can run, the best one last.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } = FindSupported();

    /// <summary>The rung.</summary>
    public abstract Rung Rung { get; }

    /// <summary>Every block type that this rung multiplies.</summary>
    public abstract IReadOnlyCollection<PanelKernel> Panels { get; }

    /// <summary>Norms, activations, softmax, rotary embedding.</summary>
    public abstract ElementwiseKernels Elementwise { get; }

    /// <summary>Writing and reading the cache.</summary>
    public abstract AttentionKernels Attention { get; }

    /// <summary>Layers with a state per sequence.</summary>
    public abstract RecurrenceKernels Recurrence { get; }

    /// <summary>Guessing the signs of products.</summary>
    public abstract SignKernel Signs { get; }

    /// <summary>Finds the kernel of a block type.</summary>
    public abstract bool TryGetPanel(WeightType type, [NotNullWhen(true)] out PanelKernel? panel);

    /// <summary>Finds the kernel of a block type whose matrices lie input by input.</summary>
    public abstract bool TryGetInputs(WeightType type, [NotNullWhen(true)] out InputKernel? inputs);

    /// <summary>Bytes of packed activations.</summary>
    /// <param name="layout">The form.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="columns">Columns.</param>
    public long ActivationBytes(in ActivationLayout layout, int tokens, int columns)
        => layout.TokenBytes(columns) * new TokenTiles(tokens, layout.TileTokens).PaddedTokens;

    /// <summary>Packs the activations of a range of tiles.</summary>
    /// <param name="layout">The form.</param>
    /// <param name="source">[tokens, columns] floats of all tokens.</param>
    /// <param name="stride">Floats from one token's row to the next.</param>
    /// <param name="tokens">Tokens in all.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="destination">The first tile of all, <see cref="ActivationBytes"/> bytes in all.</param>
    /// <param name="firstTile">The first tile to pack.</param>
    /// <param name="endTile">One past the last.</param>
    public abstract void PackActivations(
        in ActivationLayout layout,
        float* source,
        nint stride,
        int tokens,
        int columns,
        byte* destination,
        int firstTile,
        int endTile);

    /// <summary>Measures what the instructions themselves allow, all workers together.</summary>
    /// <param name="arithmetic">Which multiply-adds.</param>
    /// <param name="pool">The workers.</param>
    /// <param name="repetitions">How often; the fastest counts.</param>
    /// <returns>Multiply-adds per second.</returns>
    public abstract double MeasurePeak(Arithmetic arithmetic, WorkerPool pool, int repetitions = 20);

    private static List<KernelSet> FindSupported()
    {
        var found = new List<KernelSet>();
        Add<Scalar>();
        Add<Ymm<PairDot>>();
        Add<Ymm<VnniDot>>();
        Add<Zmm<ZmmPairDot>>(ByteDotPanels());
        Add<Zmm<ZmmVnniDot>>();
        Add<Neon<WideningDot>>();
        Add<Neon<SignedDot>>();
        return found;

        void Add<TRung>(params ReadOnlySpan<PanelKernel> replacements)
            where TRung : unmanaged, IRung<TRung>
        {
            if (TRung.IsSupported)
                found.Add(new KernelSet<TRung>(replacements));
        }
    }

    // With .NET 10 vpdpbusd is 256 bits wide in C#, which is still faster for weights of 8 bits than two 512-bit products of their nibbles.
    private static PanelKernel[] ByteDotPanels()
        => Ymm<VnniDot>.IsSupported
            ?
            [
                new PanelKernel<Ymm<VnniDot>, Q8_0>(),
                new PanelKernel<Ymm<VnniDot>, IQ4_NL>(),
                new PanelKernel<Ymm<VnniDot>, IQ4_XS>(),
            ]
            : [];
}
