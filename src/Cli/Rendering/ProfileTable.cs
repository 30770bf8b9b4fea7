using System.Globalization;
using Hearth.Engine.Sessions;
using Hearth.Engine.Sparsity.Profiling;

namespace Hearth.Cli.Rendering;

/// <summary>What neurons have done, a line a block.</summary>
internal static class ProfileTable
{
    // As papers on power laws of neurons count them.
    private const double HotWork = 0.8;

    /// <summary>Writes the lines: shares of neurons, and how many bytes of a block a token would not read.</summary>
    public static void Write(TextWriter output, SparsityProfile profile, HearthModel model)
    {
        int width = Math.Max("block".Length, profile.Layers.Max(layer => layer.Name.Length));
        output.WriteLine($"{"block".PadRight(width)}  active  80 % by   never   exact    z  chosen    lost    sign");
        foreach (var layer in profile.Layers)
        {
            var costs = new BlockCosts(layer, BitsOf(model, layer.Name));
            string votes = layer.Signs is { } signs
                ? string.Create(CultureInfo.InvariantCulture, $"{signs.Z,5:F2} {Share(signs.ChosenShare)} {Share(signs.LostEnergy)} {Share(1 - costs.SignBytes)}")
                : "    -       -       -       -";
            output.WriteLine(
                $"{layer.Name.PadRight(width)} {Share(layer.ActiveShare)}  {Share(layer.HotShare(HotWork))} {Share(Never(layer))} {Share(1 - costs.ExactBytes)}{votes}");
        }

        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"over {profile.Tokens} tokens; exact and sign: bytes of the block that are not read; ")
            + $"worth their time in {profile.Layers.Count(layer => new BlockCosts(layer, BitsOf(model, layer.Name)).ExactPays)} and "
            + $"{profile.Layers.Count(layer => new BlockCosts(layer, BitsOf(model, layer.Name)).SignPays)} of {profile.Layers.Count} blocks");
    }

    private static double Never(LayerProfile layer) => (double)layer.Frequencies.Count(frequency => frequency == 0) / layer.Frequencies.Count;

    private static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100,5:F1} %");

    private static double BitsOf(HearthModel model, string name)
    {
        var tensor = model.Tensors.First(tensor => tensor.Name == name + ".weight");
        return 8.0 * tensor.ByteLength / Math.Max(1, tensor.ElementCount);
    }
}
