using Hearth.Engine.Models.Experts;
using Hearth.Engine.Models.Layers;

namespace Hearth.Engine.Models;

/// <content>Experts: loaded like all weights, or left in the file until they are needed.</content>
public sealed partial class ModelLoader
{
    /// <summary>Where experts go when they are needed; null for experts that are all loaded. Owned by what is loaded.</summary>
    public ExpertCache? ExpertCache
    {
        get;
        init
        {
            field = value;
            if (value != null)
                loaded.Add(value);
        }
    }

    /// <summary>
    /// Several matrix products in one tensor: <c>name.weight</c> and, if the file has them, <c>name.bias</c> and <c>name.scale</c>.
    /// </summary>
    /// <param name="name">Tensor name without its ending.</param>
    /// <param name="count">How many.</param>
    /// <param name="outputs">Rows of each.</param>
    /// <param name="inputs">Columns of each.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that is not supported.</exception>
    public Linear[] Linears(string name, int count, int outputs, int inputs) => Linears(name, count, outputs, inputs, LeavesMatrices);

    /// <summary>One matrix product per expert, as <see cref="Linears(string, int, int, int)"/>; for <see cref="Experts"/>.</summary>
    /// <param name="name">Tensor name without its ending.</param>
    /// <param name="count">Experts.</param>
    /// <param name="outputs">Rows of each.</param>
    /// <param name="inputs">Columns of each.</param>
    /// <exception cref="InvalidModelException">It is missing, of another shape, or of a type that is not supported.</exception>
    internal Linear[] ExpertLinears(string name, int count, int outputs, int inputs)
    {
        // What is made of other tensors is made whole: an expert of it alone would cost as much as all.
        bool stays = ExpertCache != null && !Find(name + ".weight").IsDerived;
        return Linears(name, count, outputs, inputs, LeavesMatrices || stays);
    }

    /// <summary>The experts of a layer.</summary>
    /// <param name="experts">What each computes.</param>
    /// <param name="linears">The products of each, from <see cref="ExpertLinears"/>.</param>
    internal IExperts Experts(IReadOnlyList<ISublayer> experts, Func<int, Linear[]> linears)
    {
        if (ExpertCache == null || !linears(0).Any(linear => vacant.ContainsKey(linear.Weights)))
            return new ResidentExperts(experts);
        var matrices = new CachedExpert[experts.Count];
        for (int i = 0; i < matrices.Length; i++)
        {
            matrices[i] = new CachedExpert(
                [.. linears(i).Select(linear => linear.Weights).Where(vacant.ContainsKey).Select(matrix => (matrix, vacant[matrix]))]);
            ExpertCache.Add(matrices[i]);
        }

        return new CachedExperts(ExpertCache, experts, matrices);
    }

    private Linear[] Linears(string name, int count, int outputs, int inputs, bool isLeft)
    {
        var weights = Matrices(Find(name + ".weight"), count, outputs, inputs, isLeft);
        var biases = Has(name + ".bias") ? Vectors(name + ".bias", count, outputs) : null;
        var scales = OptionalVector(name + ".scale", count);
        var linears = new Linear[count];
        for (int i = 0; i < count; i++)
        {
            linears[i] = new Linear(weights[i], biases?[i], scales == null ? 1 : scales.Values[i])
            {
                Updates = Updates(name + ".weight", i, count, outputs, inputs),
            };
        }

        return linears;
    }
}
