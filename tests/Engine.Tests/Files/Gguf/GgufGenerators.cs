using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Tests.Files.Gguf;

/// <summary>Random files: keys of every type, tensors of every type and rank with random contents.</summary>
public static class GgufGenerators
{
    private static readonly WeightType[] Types = Enum.GetValues<WeightType>();

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Elements("", "a", "é漢🙂", "<0x0A>", "\0", "▁the"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => WellFormed(s.Get)));

    private static readonly Gen<GgufValue> Value = Gen.OneOf(
        Scalar<byte>(v => v), Scalar<sbyte>(v => v), Scalar<ushort>(v => v), Scalar<short>(v => v), Scalar<uint>(v => v),
        Scalar<int>(v => v), Scalar<ulong>(v => v), Scalar<long>(v => v), Scalar<float>(v => v), Scalar<double>(v => v),
        Scalar<bool>(v => v), Text.Select(v => (GgufValue)v), Text.ArrayOf().Select(v => GgufValue.ArrayOf(v)),
        Array<byte>(), Array<sbyte>(), Array<ushort>(), Array<short>(), Array<uint>(), Array<int>(), Array<ulong>(), Array<long>(),
        Array<float>(), Array<double>(), Array<bool>());

    public static Arbitrary<GgufContent> Content() => Gen.Zip(Value.ArrayOf(), Gen.Zip(Tensor.ArrayOf(), Gen.Choose(0, 7)))
        .Select(t => Assemble(t.Item1, t.Item2.Item1, t.Item2.Item2))
        .ToArbitrary();

    private static Gen<TensorContent> Tensor =>
        from type in Gen.Elements(Types)
        from rank in Gen.Choose(0, 4)
        from blocks in Gen.Choose(0, 3)
        from outer in Gen.Choose(0, 3).ArrayOf(3)
        from seed in Gen.Choose(0, int.MaxValue)
        select MakeTensor(type, rank, blocks, outer, seed);

    private static Gen<GgufValue> Scalar<T>(Func<T, GgufValue> make) => ArbMap.Default.GeneratorFor<T>().Select(make);

    private static Gen<GgufValue> Array<T>()
        where T : unmanaged
        => ArbMap.Default.GeneratorFor<T[]>().Where(v => v is not null).Select(v => GgufValue.ArrayOf<T>(v));

    private static GgufContent Assemble(GgufValue[] values, TensorContent[] tensors, int alignmentBits)
    {
        var builder = new GgufMetadataBuilder("random");
        foreach (var value in values)
            builder.Add($"key.{builder.Count().ToString(CultureInfo.InvariantCulture)}", value);
        if (alignmentBits > 0)
            builder["general.alignment"] = 1u << alignmentBits;
        return new GgufContent(builder.Build(), [.. tensors.Select((tensor, i) => tensor with { Name = $"tensor.{i}" })]);
    }

    private static TensorContent MakeTensor(WeightType type, int rank, int blocks, int[] outer, int seed)
    {
        Assert.True(WeightTypeLayout.TryGet(type, out var layout));
        if (rank == 0 && layout.BlockWeights > 1)
            rank = 1;
        long[] dimensions = rank == 0 ? [] : [(long)blocks * layout.BlockWeights, .. outer.Take(rank - 1)];
        var elements = dimensions.Aggregate(1L, (product, n) => product * n);
        var bytes = new byte[elements / layout.BlockWeights * layout.BlockBytes];
        new System.Random(seed).NextBytes(bytes);
        return new TensorContent("", type, dimensions, bytes);
    }

    // A half of a surrogate pair has no UTF-8.
    private static string WellFormed(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));
}
