using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Tests.Isa;

/// <summary>A rung that this machine can run, seen through its members: each a function of registers given as bytes.</summary>
internal abstract class RungCase
{
    /// <summary>Every rung of this machine, and those of VNNI with their one instruction emulated.</summary>
    public static IReadOnlyList<RungCase> All { get; } = FindAll();

    public static RungCase Scalar => All[0];

    public abstract string Name { get; }

    public abstract KernelSet Kernels { get; }

    /// <summary>Members that take and give sixteen floats (the third input is not always used).</summary>
    public abstract IReadOnlyDictionary<string, Func<float[], float[], float[], float[]>> FloatMembers { get; }

    /// <summary>Members that take and give 64 bytes.</summary>
    public abstract IReadOnlyDictionary<string, Func<byte[], byte[], byte[]>> ByteMembers { get; }

    /// <summary>A narrow dot: correction pair, lines of weights, a quad of activations per line.</summary>
    public abstract int[] NarrowDot(int correction, byte[][] lines, byte[][] quads);

    /// <summary>The narrow dot, scaled by unsigned and by signed bytes of sixteen rows and added to a total.</summary>
    public abstract int[] ScaledDot(int correction, byte[][] lines, byte[][] quads, byte[] scales, bool signed, int[] total);

    /// <summary>A wide dot: correction pair of zero point 8, lines of biased bytes, a quad of activations per line.</summary>
    public abstract int[] WideDot(int correction, byte[][] lines, byte[][] quads);

    /// <summary>The wide dot as two narrow ones of nibbles.</summary>
    public abstract int[] NibbleDot(int correction, byte[][] lines, byte[][] quads);

    public abstract int[] PairAdd(int[] total, byte[] pairs, int sums);

    public abstract int[] AddTimesSixteen(int[] total, int[] values);

    /// <summary>The tiles that the driver splits tokens into.</summary>
    public abstract IReadOnlyList<int> TileWidths(int tokens);

    public override string ToString() => Name;

    private static List<RungCase> FindAll()
    {
        var all = new List<RungCase>();
        Add<Scalar>("scalar");
        Add<Ymm<PairDot>>("avx2");
        Add<Ymm<EmulatedVnniDot>>("avxvnni with vpdpbusd emulated");
        Add<Ymm<VnniDot>>("avxvnni");
        Add<Zmm<ZmmPairDot>>("avx512");
        Add<Zmm<ZmmPairDot>>(
            "avx512 with bytes by emulated vpdpbusd",
            new PanelKernel<Ymm<EmulatedVnniDot>, Q8_0>(),
            new PanelKernel<Ymm<EmulatedVnniDot>, IQ4_NL>(),
            new PanelKernel<Ymm<EmulatedVnniDot>, IQ4_XS>());
        Add<Zmm<EmulatedZmmVnniDot>>("avx512vnni with vpdpbusd emulated");
        Add<Zmm<ZmmVnniDot>>("avx512vnni");
        Add<Neon<WideningDot>>("neon");
        Add<Neon<SignedDot>>("neondot");
        return all;

        void Add<TRung>(string name, params PanelKernel[] replacements)
            where TRung : unmanaged, IRung<TRung>
        {
            if (TRung.IsSupported)
                all.Add(new RungCase<TRung>(name, replacements));
        }
    }
}
