using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Tests.Isa;

namespace Hearth.Kernels.Tests.Matmul;

/// <summary>
/// That the intended kernel ran. The rung and the format are type arguments from the set down to the inner loop, so it is enough that the
/// set holds the right types, and that the driver picks the right tile: a format that records its calls shows it.
/// </summary>
public sealed unsafe class DispatchTests
{
    public static TheoryData<string> Rungs => RungTests.Names;

    [Fact]
    public void Each_supported_set_is_compiled_for_the_rung_it_names()
    {
        foreach (var set in KernelSet.Supported)
        {
            Type expected = set.Rung switch
            {
                Rung.Avx2 => typeof(KernelSet<Ymm<PairDot>>),
                Rung.AvxVnni => typeof(KernelSet<Ymm<VnniDot>>),
                Rung.Avx512 => typeof(KernelSet<Zmm<ZmmPairDot>>),
                Rung.Avx512Vnni => typeof(KernelSet<Zmm<ZmmVnniDot>>),
                Rung.Neon => typeof(KernelSet<Neon<WideningDot>>),
                Rung.NeonDot => typeof(KernelSet<Neon<SignedDot>>),
                _ => typeof(KernelSet<Scalar>),
            };
            Assert.Equal(expected, set.GetType());
        }
    }

    [Fact]
    public void Each_panel_kernel_is_compiled_for_its_rung_and_its_format()
    {
        foreach (var set in KernelSet.Supported)
        {
            Type rung = set.GetType().GetGenericArguments()[0];
            foreach (var panel in set.Panels)
            {
                Type[] arguments = panel.GetType().GetGenericArguments();
                bool bytes = panel.Type is WeightType.Q8_0 or WeightType.IQ4_NL or WeightType.IQ4_XS;
                bool vnni = rung == typeof(Zmm<ZmmPairDot>) && bytes && Ymm<VnniDot>.IsSupported;
                if (bytes && !vnni && (rung == typeof(Zmm<ZmmPairDot>) || rung == typeof(Ymm<PairDot>)))
                {
                    Assert.Equal(typeof(CrossedKernel<,>), panel.GetType().GetGenericTypeDefinition());
                    Assert.Equal(rung, arguments[0]);
                    Assert.Equal(panel.Type.ToString(), arguments[1].Name);
                    continue;
                }

                Assert.Equal(typeof(PanelKernel<,>), panel.GetType().GetGenericTypeDefinition());
                Assert.Equal(vnni ? typeof(Ymm<VnniDot>) : rung, arguments[0]);
                Assert.Equal(panel.Type.ToString(), arguments[1].Name);
            }
        }
    }

    [Fact]
    public void Every_rung_multiplies_the_same_types()
    {
        foreach (var set in KernelSet.Supported)
            Assert.Equal(KernelSet.Supported[0].Panels.Select(panel => panel.Type), set.Panels.Select(panel => panel.Type));
    }

    [Theory]
    [MemberData(nameof(Rungs))]
    public void Tokens_run_in_the_tiles_that_they_are_split_into(string name)
    {
        var rung = RungCase.All.Single(rung => rung.Name == name);
        int widest = rung.Kernels.Panels.First().Activations.TileTokens;
        for (int tokens = 1; tokens <= 40; tokens++)
        {
            var tiles = new TokenTiles(tokens, widest);
            Assert.Equal(Enumerable.Range(0, tiles.Count).Select(tiles.Width), rung.TileWidths(tokens));
        }
    }

    /// <summary>Runs the driver of <typeparamref name="TRung"/> on a format that records the tiles it is called with.</summary>
    internal static List<int> TileWidths<TRung>(int tokens)
        where TRung : unmanaged, IRung<TRung>
    {
        var kernel = new PanelKernel<TRung, Recorder>();
        var activations = new float[Recorder.Columns * (tokens + 16)];
        var panel = new byte[Recorder.ChunkBytes];
        var outputs = new float[16 * tokens];
        Recorder.Calls.Clear();
        fixed (float* x = activations, y = outputs)
        fixed (byte* weights = panel)
            kernel.Multiply(weights, 1, Recorder.Columns, (byte*)x, tokens, y, 16);
        Assert.All(Recorder.Calls, call => Assert.Equal(TRung.Rung, call.Rung));
        return [.. Recorder.Calls.Select(call => call.Tokens)];
    }

    private readonly struct Recorder : IPanelKernel
    {
        public const int Columns = 8;

        [field: ThreadStatic]
        public static List<(Rung Rung, int Tokens)> Calls => field ??= [];

        public static WeightType Type => WeightType.F32;

        public static int BlockWeights => 1;

        public static int BlockBytes => 4;

        public static int ChunkColumns => Columns;

        public static int ChunkBytes => 64 * Columns;

        public static int ChunkHeaderBytes => 0;

        public static ActivationLayout Activations => ActivationLayout.Float;

        public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => throw new NotSupportedException();

        public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
            => throw new NotSupportedException();

        public static void PackRow(byte* blocks, int count, int row, byte* chunk) => throw new NotSupportedException();

        public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights) => throw new NotSupportedException();

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
            where TRung : unmanaged, IRung<TRung>
            where TTile : unmanaged, ITile<TTile, TRung>
            => Calls.Add((TRung.Rung, TTile.Tokens));
    }
}
