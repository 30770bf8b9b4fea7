using System.Globalization;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity;

namespace Hearth.Cli.Rendering;

/// <summary>What a user should know of a model that reads only what active neurons need.</summary>
internal static class SparsityNote
{
    // Measured: see docs/performance.md.
    private const double PayingShare = 0.5;

    /// <summary>One sentence about what a mode has come to; null where nothing was asked for.</summary>
    public static string? Of(HearthModel model, SparsityMode mode, bool hasProfile)
    {
        if (mode == SparsityMode.Off)
            return null;
        string name = Path.GetFileName(model.Name);
        int blocks = model.SparseLayers.Count;
        if (blocks == 0)
        {
            if (mode == SparsityMode.Auto && hasProfile)
                return $"{name} is read whole: by its profile no feed-forward block would be faster for reading less.";
            return model.DeclinedTypes.Count > 0
                ? $"{name} is read whole: its last matrices, of {Types(model.DeclinedTypes)}, would have to be rounded again; --sparse exact does that."
                : $"{name} is read whole: no feed-forward block of it leaves true zeros, or adapters change it.";
        }

        string what = $"{Units.Of(blocks, "feed-forward block")} of {name} {(blocks == 1 ? "reads" : "read")} only what active neurons need";
        if (mode is SparsityMode.Sign or SparsityMode.Learned)
        {
            int predicted = model.SparseLayers.Count(layer => layer.Predictor != null);
            what += predicted == blocks
                ? ", as far as a predictor sees them"
                : predicted == 0 ? ", without a predictor" : $", {predicted} of them as far as a predictor sees them";
        }

        return model.RoundedTypes.Count > 0
            ? $"{what}; for that the last matrices, of {Types(model.RoundedTypes)}, were rounded again, to Q8_0."
            : $"{what}.";
    }

    /// <summary>How many neurons were active and what was read for them; null before there were tokens.</summary>
    public static string? Activity(HearthModel model)
    {
        var layers = model.SparseLayers.Where(layer => layer.Tokens > 0).ToList();
        if (layers.Count == 0)
            return null;
        double active = layers.Sum(layer => layer.ActiveShare * layer.Neurons) / layers.Sum(layer => layer.Neurons);
        string advice = active > PayingShare ? "; with so many --sparse off is faster" : "";
        long read = layers.Sum(layer => layer.BytesRead / layer.Tokens);
        double chosen = layers.Sum(layer => layer.PredictedShare * layer.Neurons) / layers.Sum(layer => layer.Neurons);
        string prediction = layers.Exists(layer => layer.Predictor != null)
            ? string.Create(CultureInfo.InvariantCulture, $"{chosen * 100:F1} % chosen by predictors, ")
            : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{prediction}{active * 100:F1} % active ({layers.Min(layer => layer.ActiveShare) * 100:F1} to {layers.Max(layer => layer.ActiveShare) * 100:F1} by block), ")
            + $"{Units.Bytes(read)} of {Units.Bytes(layers.Sum(layer => layer.BytesPerToken))} of their weights read for a token{advice}";
    }

    private static string Types<T>(IReadOnlyCollection<T> types) => string.Join(" and ", types);
}
