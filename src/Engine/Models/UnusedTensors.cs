using System.Globalization;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Models;

/// <summary>
/// Refuses files whose layers have tensors that an architecture has no place for, or that have more layers than they say: without them it
/// would be another model. What stands outside of the layers may be there for others.
/// </summary>
internal static class UnusedTensors
{
    /// <summary>
    /// What layers of any family may have and nothing reads: scales of activations, for those who quantise them as NVFP4; rotary frequencies
    /// that the first converters stored; PowerInfer's predictors and the neurons' places on a graphics card.
    /// </summary>
    private static readonly string[] Dispensable = [".input_scale", ".attn_rot_embd.", ".fc1.", ".fc2.", ".gpu_"];

    /// <summary>Looks through a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="architecture">The architecture that was loaded.</param>
    /// <param name="isUsed">Whether it asked for a tensor.</param>
    /// <param name="layers">Layers of the model's own pass.</param>
    /// <param name="all">Layers of the file: those behind the model's own guess further ahead.</param>
    /// <exception cref="InvalidModelException">There is such a tensor.</exception>
    public static void Refuse(GgufFile file, string architecture, Func<string, bool> isUsed, int layers, int all)
    {
        foreach (var tensor in file.Tensors)
        {
            if (!isUsed(tensor.Name) && LayerOf(tensor.Name) is { } layer && (layer < layers || layer >= all)
                && !Array.Exists(Dispensable, part => tensor.Name.Contains(part, StringComparison.Ordinal)))
            {
                throw new InvalidModelException(
                    $"{file.Name}: has the tensor {tensor.Name}, which has no place in a model of the architecture '{architecture}' with {all} layers.");
            }
        }
    }

    private static int? LayerOf(string name)
        => name.Split('.') is ["blk", var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? layer : null;
}
