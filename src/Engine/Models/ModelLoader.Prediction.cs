using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Sparsity;
using Hearth.Engine.Sparsity.Profiling;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Models;

/// <content>What says, before the gate of a sparse block is computed, which of its rows may matter.</content>
public sealed partial class ModelLoader
{
    private const string FirstPredictor = "fc1";
    private const string SecondPredictor = "fc2";

    /// <summary>What is known about the model's neurons: how careful votes of signs are, and which blocks <see cref="SparsityMode.Auto"/> leaves whole.</summary>
    public SparsityProfile? Profile { get; init; }

    /// <summary>Takes the place of the predictors that the mode asks for; for tests.</summary>
    internal Func<string, INeuronPredictor>? PredictorOverride { get; init; }

    /// <summary>The predictor of a block.</summary>
    /// <param name="first">Tensor name of the matrix that decides, without its ending.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons.</param>
    /// <param name="predictor">The predictor.</param>
    /// <returns>False where all rows are to be computed.</returns>
    /// <exception cref="InvalidModelException">One is asked for that the file does not have.</exception>
    private bool TryLoadPredictor(string first, int width, int inner, [NotNullWhen(true)] out INeuronPredictor? predictor)
    {
        predictor = PredictorOverride?.Invoke(first) ?? Sparsity switch
        {
            SparsityMode.Sign => LoadSigns(first, width, inner),
            SparsityMode.Learned => LoadLearned(first, width, inner),
            _ => null,
        };
        return predictor != null;
    }

    /// <summary>Whether a block that reads only what active neurons need is expected to be faster than one that reads all; so where no profile says.</summary>
    private bool Pays(string first, int inner) => Sparsity != SparsityMode.Auto || Profile == null || CostsOf(first, inner).ExactPays;

    private BlockCosts CostsOf(string first, int inner)
    {
        var tensor = Find(first + ".weight");
        return new BlockCosts(Profile!.Of(first, inner), 8.0 * tensor.ByteLength / Math.Max(1, tensor.ElementCount));
    }

    private bool CanVote(string first) => !Has(first + ".bias") && ScaleOf(first) > 0;

    private SignPredictor? LoadSigns(string first, int width, int inner)
    {
        if (!CanVote(first))
            return null;
        var tensor = Find(first + ".weight");
        RequireShape(tensor, width, inner);
        float z = SignPredictor.DefaultZ;
        if (Profile != null)
        {
            var costs = CostsOf(first, inner);
            if (!costs.SignPays)
                return null;
            z = costs.Profile.Signs!.Z;
        }

        if (!WeightFormat.TryGet(tensor.Type, out var format))
            throw Refuse(tensor, $"is of a type that cannot be read ({tensor.Type})");
        var plane = new SignPlane(inner, width);
        loaded.Add(plane);
        SignRows.Fill(plane, tensor, format, pool);
        return new SignPredictor(plane, z);
    }

    /// <summary>PowerInfer trains on what stands before the norm of the feed-forward. (Liu et al. 2023; Song et al. 2023.)</summary>
    private LearnedPredictor LoadLearned(string first, int width, int inner)
    {
        string layer = first[..(first.LastIndexOf('.') + 1)];
        if (!Has(layer + FirstPredictor + ".weight"))
        {
            throw new InvalidModelException(
                $"{Name}: has no predictor {layer}{FirstPredictor}.weight; --sparse sign needs none, and --sparse exact does not predict.");
        }

        int rank = RowsOf(layer + FirstPredictor + ".weight");
        float threshold = file.Metadata.GetSingle("powerinfer.sparse_threshold", 0);
        if (!float.IsFinite(threshold))
            throw new InvalidModelException($"{Name}: powerinfer.sparse_threshold is {threshold}, which is no number to compare scores with.");
        return new LearnedPredictor(
            Linear(layer + FirstPredictor, rank, width), Linear(layer + SecondPredictor, inner, rank), readsStream: true, threshold);
    }
}
