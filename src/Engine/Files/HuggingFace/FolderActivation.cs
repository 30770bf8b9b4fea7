namespace Hearth.Engine.Files.HuggingFace;

/// <summary>The function of a folder's feed-forwards, where it is another one than its family's.</summary>
internal static class FolderActivation
{
    private const string Names = "hidden_activation|hidden_act|activation_function|activation";

    /// <summary>The function's name; null for the family's own.</summary>
    /// <exception cref="InvalidModelException">The family is computed with its own alone.</exception>
    public static string? Read(ModelConfig config, string architecture)
    {
        string expected = Of(architecture);
        if (config.Text(Names) is not { } stated || KindOf(stated) == expected)
            return null;
        return architecture is "llama" or "falcon" && KindOf(stated) is "relu" ? "relu"
            : throw config.Unsupported($"the activation is '{stated}', but {config.ModelType} is computed with {expected} alone");
    }

    private static string Of(string architecture) => architecture switch
    {
        "bert" or "bloom" or "falcon" or "gemma" or "gemma2" or "gemma3" or "gemma3n" or "gemma4" or "gpt2" or "gptneox" or "mpt" or "phi2" or "starcoder"
            or "starcoder2" => "gelu",
        "arcee" or "jais2" or "nemotron" => "relu2",
        "smallthinker" => "relu",
        _ => "silu",
    };

    /// <summary>The ways to come near GELU are not told apart: configurations name one and were trained with another.</summary>
    private static string KindOf(string name) => name switch
    {
        "swish" or "swiglu" => "silu",
        "relu_squared" or "squared_relu" => "relu2",
        _ => name.StartsWith("gelu", StringComparison.Ordinal) || name == "pytorch_gelu_tanh" ? "gelu" : name,
    };
}
