using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tests.Models;

namespace Hearth.Engine.Tests.Sparsity;

/// <summary>Test vectors whose activation is overridden, so that their neurons are zero half of the time.</summary>
internal static class ReluModels
{
    /// <summary>Opens a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="activation">"relu"; "bamboo" for ReLU of gate and up; empty for its own.</param>
    public static GgufFile Open(string file, string activation)
    {
        var source = GgufFile.Open(VectorFiles.PathOf(file));
        var keys = new Dictionary<string, GgufValue>();
        if (activation == "relu")
            keys["llama.hidden_activation"] = "relu";
        if (activation == "bamboo")
        {
            keys["general.architecture"] = activation;
            foreach (var (key, value) in source.Metadata.Where(pair => pair.Key.StartsWith("llama.", StringComparison.Ordinal)))
                keys["bamboo." + key["llama.".Length..]] = value;
        }

        return source.Overriding(keys);
    }
}
