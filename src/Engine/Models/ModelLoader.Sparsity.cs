using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sparsity;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Models;

/// <content>Feed-forward blocks that read only what active neurons need.</content>
public sealed partial class ModelLoader
{
    private readonly List<LayerActivity> sparseLayers = [];
    private readonly SortedSet<WeightType> rounded = [];
    private readonly SortedSet<WeightType> declined = [];

    /// <summary>Whether blocks with true zeros are loaded so.</summary>
    public SparsityMode Sparsity { get; init; }

    /// <summary>
    /// Told how many bytes more than a dense model sparse blocks take, before the first of them is loaded: keys do not say whether a model has any. May refuse
    /// that.
    /// </summary>
    internal Action<long>? ExpectSparse { get; init; }

    /// <summary>The blocks that were.</summary>
    internal IReadOnlyList<LayerActivity> SparseLayers => sparseLayers;

    /// <summary>Block types of last matrices that had to be rounded anew, because their blocks run along the neurons.</summary>
    internal IReadOnlyCollection<WeightType> RoundedTypes => rounded;

    /// <summary>Block types of those that were not, for the same reason.</summary>
    internal IReadOnlyCollection<WeightType> DeclinedTypes => declined;

    /// <summary>A gated block that reads only active neurons.</summary>
    /// <param name="up">Tensor name of up, without its ending.</param>
    /// <param name="gate">Of the gate.</param>
    /// <param name="down">Of down.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons.</param>
    /// <param name="unit">How gate and up are joined.</param>
    /// <param name="block">The block.</param>
    /// <returns>False where sparsity is off, or the block has no true zeros, or there are adapters.</returns>
    internal bool TryLoadSparse(
        string gate, string up, string down, int width, int inner, IGatedUnit unit, [NotNullWhen(true)] out ISublayer? block)
    {
        block = null;
        if (!unit.HasTrueZeros || !CanBeSparse(down) || !Pays(gate, inner))
            return false;
        Announce(width, choosesUp: true);
        long dense = BytesOf(gate, up, down);
        if (TryLoadPredictor(gate, width, inner, out var predictor))
        {
            var gates = RowLinear(gate, inner, width);
            var ups = RowLinear(up, inner, width);
            var downs = InputLinear(down, width, inner);
            var bytes = new BlockBytes(predictor.Bytes, gates.Weights.RowBytes, ups.Weights.RowBytes, downs.Weights.RowBytes, dense);
            block = new PredictedGatedFeedForward(predictor, gates, ups, unit, downs, Count(gate, inner, predictor, bytes));
        }
        else
        {
            var gates = Linear(gate, inner, width);
            var ups = RowLinear(up, inner, width);
            var downs = InputLinear(down, width, inner);
            var bytes = new BlockBytes(0, RowBytes(gates), ups.Weights.RowBytes, downs.Weights.RowBytes, dense);
            block = new SparseGatedFeedForward(gates, ups, unit, downs, Count(gate, inner, null, bytes));
        }

        return true;
    }

    /// <summary>A block without a gate that reads the last matrix for active neurons alone.</summary>
    /// <inheritdoc cref="TryLoadSparse(string, string, string, int, int, IGatedUnit, out ISublayer?)"/>
    internal bool TryLoadSparse(
        string up, string down, int width, int inner, Activation activation, [NotNullWhen(true)] out ISublayer? block)
    {
        block = null;
        if (!TrueZeros.Of(activation) || !CanBeSparse(down) || !Pays(up, inner))
            return false;
        Announce(width, choosesUp: false);
        long dense = BytesOf(up, down);
        if (TryLoadPredictor(up, width, inner, out var predictor))
        {
            var ups = RowLinear(up, inner, width);
            var downs = InputLinear(down, width, inner);
            var bytes = new BlockBytes(predictor.Bytes, ups.Weights.RowBytes, 0, downs.Weights.RowBytes, dense);
            block = new PredictedFeedForward(predictor, ups, downs, activation, Count(up, inner, predictor, bytes));
        }
        else
        {
            var ups = Linear(up, inner, width);
            var downs = InputLinear(down, width, inner);
            block = new SparseFeedForward(ups, downs, activation, Count(up, inner, null, new BlockBytes(0, RowBytes(ups), 0, downs.Weights.RowBytes, dense)));
        }

        return true;
    }

    private LayerActivity Count(string name, int neurons, INeuronPredictor? predictor, BlockBytes bytes)
    {
        var activity = new LayerActivity(name, neurons, predictor?.Name, bytes) { CanVote = CanVote(name) };
        sparseLayers.Add(activity);
        return activity;
    }

    private static long RowBytes(Linear linear) => linear.Weights.PanelBytes / PackedMatrix.PanelRows;

    /// <summary>Matrices that stay in the file are wanted as panels, and adapters change whole products.</summary>
    private bool CanBeSparse(string down)
    {
        if (Sparsity == SparsityMode.Off || LeavesMatrices || adapters != null)
            return false;
        if (Sparsity != SparsityMode.Auto)
            return true;
        bool isTurned = !Has(down + ".weight") && Has(down + "_t.weight");
        var type = Find(down + (isTurned ? "_t.weight" : ".weight")).Type;
        if (KeepsType(type, isTurned))
            return true;
        declined.Add(type);
        return false;
    }

    /// <summary>Whether a last matrix is not rounded on its way: blocks of one that lies output by output would run along the neurons.</summary>
    private bool KeepsType(WeightType type, bool isTurned)
        => type is WeightType.F32 or WeightType.F16 or WeightType.BF16 || (isTurned && kernels.TryGetInputs(type, out _));

    private WeightType InputType(GgufTensor tensor, bool isTurned, int outputs)
        => KeepsType(tensor.Type, isTurned) ? tensor.Type : outputs % Q8_0.BlockWeights == 0 ? WeightType.Q8_0 : WeightType.F16;

    private void Announce(int width, bool choosesUp)
    {
        if (sparseLayers.Count > 0 || ExpectSparse == null)
            return;
        long bytes = 0;
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Dimensions.Length != 2 || !tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
                continue;
            bool isTurned = tensor.Name.EndsWith("_t.weight", StringComparison.Ordinal);
            if (tensor.Name.Contains(".ffn_down", StringComparison.Ordinal) && tensor.Dimensions[isTurned ? 0 : 1] == width)
            {
                if ((Sparsity != SparsityMode.Auto || KeepsType(tensor.Type, isTurned))
                    && kernels.TryGetInputs(InputType(tensor, isTurned, width), out var kernel))
                {
                    bytes += (kernel.RowBytes(width) * (tensor.ElementCount / width)) - (Panels == null ? BytesInPanels(tensor) : 0);
                }
            }
            else if (tensor.Name.Contains(".ffn_gate", StringComparison.Ordinal) || tensor.Name.Contains(".ffn_up", StringComparison.Ordinal))
            {
                bool decides = choosesUp == tensor.Name.Contains(".ffn_gate", StringComparison.Ordinal);
                bool isPredicted = decides && Sparsity is SparsityMode.Sign or SparsityMode.Learned;
                if (Panels != null && (decides ? isPredicted : choosesUp))
                    bytes += tensor.ByteLength;
                if (isPredicted && Sparsity == SparsityMode.Sign && tensor.Dimensions[0] == width && tensor.Dimensions[1] <= int.MaxValue)
                    bytes += SignPlane.BytesOf((int)tensor.Dimensions[1], width);
            }
        }

        ExpectSparse(Math.Max(bytes, 0));
    }

    /// <summary>What a dense model would read of some matrices.</summary>
    private long BytesOf(params ReadOnlySpan<string> names)
    {
        long bytes = 0;
        foreach (string name in names)
            bytes += BytesInPanels(Find(name + (Has(name + ".weight") ? ".weight" : "_t.weight")));
        return bytes;
    }

    private long BytesInPanels(GgufTensor tensor)
        => kernels.TryGetPanel(tensor.Type, out var kernel) ? (long)(tensor.ElementCount * kernel.BitsPerWeight / 8) : tensor.ByteLength;

    private RowLinear RowLinear(string name, int outputs, int inputs)
    {
        var tensor = Find(name + ".weight");
        RequireShape(tensor, inputs, outputs);
        var rows = new RowMatrix(KernelOf(tensor), tensor.Address, outputs, inputs);
        loaded.Add(rows);
        tensor.Release();
        Advance(tensor);
        return new RowLinear(rows, OptionalVector(name + ".bias", outputs), ScaleOf(name));
    }

    private InputLinear InputLinear(string name, int outputs, int inputs)
    {
        bool isTurned = !Has(name + ".weight") && Has(name + "_t.weight");
        var tensor = Find(name + (isTurned ? "_t.weight" : ".weight"));
        RequireShape(tensor, isTurned ? outputs : inputs, isTurned ? inputs : outputs);
        if (!WeightFormat.TryGet(tensor.Type, out var source))
            throw Refuse(tensor, $"is of a type that cannot be read ({tensor.Type})");
        var type = InputType(tensor, isTurned, outputs);
        if (!KeepsType(tensor.Type, isTurned))
            rounded.Add(tensor.Type);
        if (!WeightFormat.TryGet(type, out var format) || !kernels.TryGetInputs(type, out var kernel))
            throw Refuse(tensor, $"is of a type that cannot be turned around ({tensor.Type})");
        var matrix = new InputMatrix(kernel, inputs, outputs);
        loaded.Add(matrix);
        if (!InputRows.TryFill(matrix, tensor, source, format, isTurned, pool))
            throw Refuse(tensor, "has a weight that is not a number; load the model without sparsity");
        tensor.Release();
        Advance(tensor);
        return new InputLinear(matrix, OptionalVector(name + (isTurned ? "_t.bias" : ".bias"), outputs), ScaleOf(name));
    }

    private float ScaleOf(string name) => Has(name + ".scale") ? Vector(name + ".scale", 1).Values[0] : 1;

    private void RequireShape(GgufTensor tensor, int width, int rows)
    {
        if (tensor.Dimensions.Length != 2 || tensor.Dimensions[0] != width || tensor.Dimensions[1] != rows)
            throw Refuse(tensor, $"should be [{width}, {rows}]");
    }
}
