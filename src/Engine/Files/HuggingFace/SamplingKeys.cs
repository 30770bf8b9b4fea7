using System.Text.Json;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>A folder's <c>generation_config.json</c> as the keys that GGUF has for the sampling that a model's makers suggest.</summary>
/// <remarks>Source: llama.cpp's converter, which takes the same five numbers and no notice of <c>do_sample</c>.</remarks>
internal static class SamplingKeys
{
    private const string Prefix = "general.sampling.";

    /// <summary>Adds the keys of a file, which may be missing.</summary>
    /// <exception cref="InvalidModelException">The file is not JSON, or a value is no number.</exception>
    public static void Add(GgufMetadataBuilder keys, string path)
    {
        using var document = FolderJson.ReadOptional(path);
        if (document is null)
            return;
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new InvalidModelException($"{path}: is no JSON object.");
        var config = new ModelConfig(path, document.RootElement);
        AddFloat("temperature", "temp");
        if (config.Number("top_k") is { } best)
            keys[Prefix + "top_k"] = (int)Math.Clamp(best, 0, int.MaxValue);
        AddFloat("top_p", "top_p");
        AddFloat("min_p", "min_p");
        AddFloat("repetition_penalty", "penalty_repeat");

        void AddFloat(string name, string key)
        {
            if (config.Number(name) is { } value)
                keys[Prefix + key] = (float)value;
        }
    }
}
