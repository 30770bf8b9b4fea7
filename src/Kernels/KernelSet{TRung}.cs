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

/// <summary>The kernels compiled for one rung.</summary>
internal sealed unsafe class KernelSet<TRung> : KernelSet
    where TRung : unmanaged, IRung<TRung>
{
    private readonly Dictionary<WeightType, PanelKernel> panels;

    private readonly InputKernel[] inputs =
    [
        new InputKernel<TRung, F32Inputs>(),
        new InputKernel<TRung, F16Inputs>(),
        new InputKernel<TRung, BF16Inputs>(),
        new InputKernel<TRung, Q8_0Inputs>(),
        new InputKernel<TRung, Q4_0Inputs>(),
    ];

    /// <summary>Makes the kernels.</summary>
    /// <param name="replacements">Kernels of another rung that multiply a type faster than this one.</param>
    public KernelSet(params ReadOnlySpan<PanelKernel> replacements)
    {
        PanelKernel[] all =
        [
            new PanelKernel<TRung, F32>(),
            new PanelKernel<TRung, F16>(),
            new PanelKernel<TRung, BF16>(),
            new PanelKernel<TRung, Q4_0>(),
            Wide<Q8_0>(),
            new PanelKernel<TRung, Q4_K>(),
            new PanelKernel<TRung, Q4_1>(),
            new PanelKernel<TRung, Q5_0>(),
            new PanelKernel<TRung, Q5_1>(),
            new PanelKernel<TRung, Q2_K>(),
            new PanelKernel<TRung, Q3_K>(),
            new PanelKernel<TRung, Q5_K>(),
            new PanelKernel<TRung, Q6_K>(),
            Wide<IQ4_NL>(),
            Wide<IQ4_XS>(),
            new PanelKernel<TRung, MXFP4>(),
            new PanelKernel<TRung, IQ2_XXS>(),
            new PanelKernel<TRung, IQ2_XS>(),
            new PanelKernel<TRung, IQ2_S>(),
            new PanelKernel<TRung, IQ3_XXS>(),
            new PanelKernel<TRung, IQ3_S>(),
            new PanelKernel<TRung, IQ1_S>(),
            new PanelKernel<TRung, IQ1_M>(),
            new PanelKernel<TRung, TQ1_0>(),
            new PanelKernel<TRung, TQ2_0>(),
            new PanelKernel<TRung, Q1_0>(),
            new PanelKernel<TRung, Q2_0>(),
            new PanelKernel<TRung, NVFP4>(),
        ];
        panels = all.ToDictionary(panel => panel.Type);
        foreach (var panel in replacements)
            panels[panel.Type] = panel;
    }

    private static PanelKernel Wide<TFormat>()
        where TFormat : struct, IPanelKernel
        => TRung.HasCrossedDot ? new CrossedKernel<TRung, TFormat>() : new PanelKernel<TRung, TFormat>();

    public override Rung Rung => TRung.Rung;

    public override IReadOnlyCollection<PanelKernel> Panels => panels.Values;

    public override ElementwiseKernels Elementwise { get; } = new ElementwiseKernels<TRung>();

    public override AttentionKernels Attention { get; } = new AttentionKernels<TRung>();

    public override RecurrenceKernels Recurrence { get; } = new RecurrenceKernels<TRung>();

    public override SignKernel Signs { get; } = new SignKernel<TRung>();

    public override bool TryGetPanel(WeightType type, [NotNullWhen(true)] out PanelKernel? panel) => panels.TryGetValue(type, out panel);

    public override bool TryGetInputs(WeightType type, [NotNullWhen(true)] out InputKernel? kernel)
    {
        kernel = Array.Find(inputs, kernel => kernel.Type == type);
        return kernel != null;
    }

    public override double MeasurePeak(Arithmetic arithmetic, WorkerPool pool, int repetitions = 20)
        => PeakLoop<TRung>.Measure(arithmetic, pool, repetitions);

    public override void PackActivations(
        in ActivationLayout layout,
        float* source,
        nint stride,
        int tokens,
        int columns,
        byte* destination,
        int firstTile,
        int endTile)
    {
        var tiles = new TokenTiles(tokens, layout.TileTokens);
        long tokenBytes = layout.TokenBytes(columns);
        for (int tile = firstTile; tile < endTile; tile++)
        {
            int first = tiles.First(tile);
            ActivationPacker<TRung>.PackTile(
                layout,
                source + (first * stride),
                stride,
                columns,
                tiles.Present(tile),
                tiles.Width(tile),
                destination + (first * tokenBytes));
        }
    }
}
